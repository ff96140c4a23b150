import Azure
import Deployment
import JSONText
import Planning
import Renderers
import StackGraph

/// A deployed stack: its apps, and all its resources.
struct LiveStatus: Sendable {
    let stack: String
    let scope: DeploymentScope
    let resources: [LiveStack.Resource]
    let apps: [LiveApp]

    /// Values of secrets are in no document of Azure, and no setting is told here.
    var json: JSON {
        [
            "stack": .string(stack), "subscription": .string(scope.subscription),
            "resourceGroup": .string(scope.resourceGroup), "location": .string(scope.location),
            "apps": .array(apps.map(\.json)),
            "resources": .array(
                resources.map { resource in
                    .compact([
                        "id": .string(resource.id.description), "type": .string(resource.type.rawValue),
                        "exists": .bool(resource.document != nil),
                        "provisioningState": resource.state.map { .string($0) },
                    ])
                }
            ),
        ]
    }
}

extension LiveApp {
    fileprivate var json: JSON {
        .compact([
            "name": .string(node.name), "address": address.map { .string($0) }, "state": .string(state),
            "replicas": isContainerApp ? JSON(replicas) : nil,
            "revisions": isContainerApp
                ? .array(
                    revisions.map { revision in
                        [
                            "name": .string(revision.name), "replicas": JSON(revision.replicas),
                            "health": .string(revision.health), "running": .string(revision.running),
                        ]
                    }
                ) : nil,
        ])
    }
}

/// A deployed stack for people.
struct LiveStatusView {
    let palette: Palette

    func lines(_ status: LiveStatus) -> [String] {
        let place = "\(status.scope.resourceGroup) (\(status.scope.location))"
        return ["\(status.stack) in the resource group \(place)"] + apps(status.apps) + [""]
            + resources(status.resources)
    }

    private func apps(_ apps: [LiveApp]) -> [String] {
        TextTable(palette: palette).lines(
            ["APP", "ADDRESS", "STATE", "REPLICAS", "HEALTH"],
            apps.map { app in
                [
                    .init(app.node.name), .init(app.address ?? "–"), cell(state: app.state),
                    .init(app.isContainerApp ? "\(app.replicas)" : "–"), health(app),
                ]
            }
        )
    }

    private func health(_ app: LiveApp) -> TextTable.Cell {
        guard let latest = app.revisions.last else { return .init("–") }
        let color: Palette.Color? =
            switch latest.health {
            case "Healthy": .green
            case "Unhealthy": .red
            default: nil
            }
        if app.replicas == 0, latest.running == "ScaledToZero" {
            return .init("\(latest.health), scaled to zero", color)
        }
        return .init(latest.health, color)
    }

    private func cell(state: String) -> TextTable.Cell {
        switch state {
        case "Succeeded", "Running", "Ready": .init(state, .green)
        case "Failed", "Canceled": .init(state, .red)
        default: .init(state, .yellow)
        }
    }

    /// What belongs to other resources goes without a line of its own when it is there.
    private func resources(_ resources: [LiveStack.Resource]) -> [String] {
        let there = resources.count { $0.document != nil }
        let shown = resources.filter { $0.document == nil || !$0.type.isDetail || $0.state != "Succeeded" }
        let table = TextTable(palette: palette).lines(
            ["RESOURCE", "TYPE", "STATE"],
            shown.map { resource in
                [
                    .init(resource.id.name), .init(resource.type.rawValue),
                    resource.state.map { cell(state: $0) } ?? .init("missing", .red),
                ]
            }
        )
        return table + ["\(there) of \(resources.count) resources are there."]
    }
}

extension ResourceType {
    /// Whether it says something about another resource.
    fileprivate var isDetail: Bool {
        switch self {
        case .cacheUser, .databaseUser, .diagnostics, .publishingPolicy, .roleAssignment, .roleDefinition,
            .siteSettings,
            .blobService, .tableService:
            true
        case .cache, .cacheDatabase, .containerApp, .containerEnvironment, .databaseAccount, .database,
            .databaseContainer, .identity, .insights, .modelAccount, .modelDeployment, .namespace, .plan, .queue,
            .registry, .rule, .secret, .site, .storageAccount, .blobContainer, .table, .subscription, .topic, .vault,
            .workspace, .image, .package:
            false
        }
    }
}
