import StackGraph

// Function apps on the Flex Consumption plan, with a program of their own as handler.

extension AzureLowering {
    /// Adds a function app, its plan and its settings.
    ///
    /// Source: learn.microsoft.com/azure/azure-functions/functions-infrastructure-as-code?pivots=flex-consumption-plan
    mutating func addFunctionApp(_ app: FunctionAppNode, _ id: ResourceID) {
        let permissions = addIdentity(of: id, grants: graph[id]?.references ?? [])
        let identity = identitySymbol(id)
        let plan = addPlan(id)
        let container = symbol(app.storage.name, id.packageContainer, "container")
        let deployment = ARMValue.fields([
            "storage": .fields([
                "type": "blobContainer",
                "value": .joined([symbol(app.storage).property("primaryEndpoints", "blob"), container.nameInAzure]),
                "authentication": .fields([
                    "type": "UserAssignedIdentity", "userAssignedIdentityResourceId": identity.id,
                ]),
            ])
        ])
        let site = add(
            ARMResource(
                symbol: symbol(id),
                type: .site,
                node: id,
                name: globalName("\(id)-"),
                body: [
                    location, tags,
                    ARMMember("kind", "functionapp,linux"),
                    identityMember(identity),
                    ARMMember(
                        "properties",
                        .fields([
                            "serverFarmId": plan.id,
                            "httpsOnly": true,
                            "keyVaultReferenceIdentity": identity.id,
                            "siteConfig": .fields([
                                "minTlsVersion": "1.2", "ftpsState": "Disabled", "http20Enabled": true,
                            ]),
                            "functionAppConfig": .fields([
                                "deployment": deployment,
                                "runtime": .fields(["name": "custom", "version": "1.0"]),
                                "scaleAndConcurrency": .fields([
                                    "instanceMemoryMB": 512,
                                    "maximumInstanceCount": .integer(app.maximumInstances),
                                ]),
                            ]),
                        ])
                    ),
                ],
                dependsOn: permissions
            )
        )
        addPublishingPolicies(site, id)
        addSiteSettings(app, id, site, as: identity)
        addDiagnostics(of: site, logs: "allLogs", node: id)
        let address = ARMValue.joined(["https://", hostname(of: id)])
        addOutput(id.name, "url", description: "The address of \(id.name).", value: address)
        addOutput(id.name, "name", description: "The function app to publish to.", value: site.nameInAzure)
    }

    private mutating func addPlan(_ id: ResourceID) -> Symbol {
        add(
            ARMResource(
                symbol: symbol(id.name, "plan"),
                type: .plan,
                node: id,
                name: .string("\(id.name)-plan"),
                body: [
                    location, tags,
                    ARMMember("sku", .fields(["name": "FC1", "tier": "FlexConsumption"])),
                    ARMMember("kind", "functionapp"),
                    ARMMember(
                        "properties",
                        // Linux, in the words of App Service.
                        .fields(["reserved": true, "zoneRedundant": isZoneRedundant ? true : nil])
                    ),
                ]
            )
        )
    }

    /// Nobody publishes with a password.
    private mutating func addPublishingPolicies(_ site: Symbol, _ id: ResourceID) {
        for name in ["ftp", "scm"] {
            add(
                ARMResource(
                    symbol: symbol(id.name, name, "passwords"),
                    type: .publishingPolicy,
                    node: id,
                    parent: site,
                    name: .string(name),
                    body: [ARMMember("properties", .fields(["allow": false]))]
                )
            )
        }
    }

    private mutating func addSiteSettings(
        _ app: FunctionAppNode,
        _ id: ResourceID,
        _ site: Symbol,
        as identity: Symbol
    ) {
        let storage = symbol(app.storage)
        let clientID = identity.property("clientId")
        var settings = [
            AzureSetting("AzureWebJobsStorage__credential", "managedidentity"),
            AzureSetting("AzureWebJobsStorage__clientId", clientID),
        ]
        for service in ["blob", "queue", "table"] {
            let endpoint = storage.property("primaryEndpoints", service)
            settings.append(AzureSetting("AzureWebJobsStorage__\(service)ServiceUri", endpoint))
        }
        settings += self.settings(of: app.service, as: identity)
        if app.busSetting == FunctionAppNode.ownBusSetting {
            settings += busSettings(FunctionAppNode.ownBusSetting, as: identity)
        }
        if settings.contains(where: { $0.name == "APPLICATIONINSIGHTS_CONNECTION_STRING" }) {
            // Source: learn.microsoft.com/azure/azure-functions/functions-app-settings
            settings.append(
                AzureSetting(
                    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
                    .joined(["ClientId=", clientID, ";Authorization=AAD"])
                )
            )
        }
        let members = settings.map { setting -> ARMMember in
            switch setting.value {
            case .plain(let value): return ARMMember(.string(setting.name), value)
            case .secret(let reference):
                let uri = secretSymbol(reference.secret, in: reference.store).property("secretUri")
                return ARMMember(.string(setting.name), .joined(["@Microsoft.KeyVault(SecretUri=", uri, ")"]))
            }
        }
        add(
            ARMResource(
                symbol: symbol(id.name, "settings"),
                type: .siteSettings,
                node: id,
                parent: site,
                name: "appsettings",
                body: [ARMMember("properties", .object(members))]
            )
        )
    }
}

extension ResourceID {
    /// The blob container that the package of a function app is published to.
    var packageContainer: String { "\(name.lowercased())-package" }
}

extension Graph {
    /// The containers that storage accounts need for the packages of function apps.
    var packageContainers: [ResourceID: [String]] {
        var containers: [ResourceID: [String]] = [:]
        for node in nodes {
            guard case .functionApp(let app) = node.kind else { continue }
            containers[app.storage, default: []].append(node.id.packageContainer)
        }
        return containers
    }
}

extension FunctionAppNode {
    /// The setting that triggers find the bus by, where the service has none of its own.
    static let ownBusSetting = "ServiceBus"

    /// The setting that holds the bus for the triggers of messages; `nil` where there are none.
    var busSetting: String? {
        let hasMessages = functions.contains { if case .messages = $0.trigger { true } else { false } }
        guard hasMessages else { return nil }
        let own = service.environment.first { variable in
            if case .plain(.attribute(_, .bus)) = variable.value { true } else { false }
        }
        return own?.name ?? Self.ownBusSetting
    }
}
