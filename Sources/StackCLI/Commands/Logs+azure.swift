import Azure
import Deployment
import Renderers
import StackGraph
import StackModel

extension Logs {
    func showAzure() async throws {
        let environment = try await UserEnvironment()
        let graph = try stage.stack().lowered()
        let known = graph.nodes.filter { $0.service != nil }.map(\.id.name)
        let wanted = try service.map { [try ServiceNames(known: known).checked($0)] } ?? known
        let view = ConsoleView(LogView(services: known, palette: colors.palette(environment)))
        try await azure.withDeployment(of: graph, in: environment) { session, template in
            let live = try await LiveStack(reading: template, in: session) { resource in
                [.containerApp, .site, .insights].contains(resource.type) && !resource.isExisting
            }
            let apps = live.resources.filter { wanted.contains($0.node?.name ?? "") }
            for site in apps where site.type == .site { view.tellPlace(of: site, live) }
            try await show(apps.filter { $0.type == .containerApp }, in: session, view)
        }
    }

    private func show(
        _ apps: [LiveStack.Resource],
        in session: AzureSession,
        _ view: ConsoleView
    ) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for app in apps {
                let name = app.node?.name ?? app.id.name
                guard let document = app.document, let console = AppConsole(of: app.id, document, in: session) else {
                    view.note("\(name) is not deployed, and has no logs.")
                    continue
                }
                let (lines, follow) = (min(lines, 300), follow)
                group.addTask {
                    if follow {
                        try await console.follow(lines: lines) { view.show($0, of: name) }
                    } else {
                        try await console.read(lines: lines) { view.show($0, of: name) }
                    }
                }
            }
        }
    }
}

/// Shows what consoles tell.
struct ConsoleView: Sendable {
    private let view: LogView

    init(_ view: LogView) {
        self.view = view
    }

    func show(_ event: AppConsole.Event, of service: String) {
        switch event {
        case .line(let text, let source): Terminal.output.write(view.line(text, of: service, part: source.label))
        case .scaledToZero: note("\(service) has no replica now: it is scaled to zero, and starts when there is work.")
        }
    }

    func note(_ text: String) { Terminal.error.write(text) }

    /// Says where the logs of a function app are, which has no console.
    ///
    /// Source: learn.microsoft.com/azure/azure-functions/analyze-telemetry-data
    func tellPlace(of site: LiveStack.Resource, _ live: LiveStack) {
        let name = site.node?.name ?? site.id.name
        guard let insights = live.resources.first(where: { $0.type == .insights }) else {
            return note("\(name) is a function app, and the stack has no telemetry that would keep its logs.")
        }
        note(
            """
            \(name) is a function app: its logs are in Application Insights '\(insights.id.name)'. In the portal, open \
            https://portal.azure.com/#resource\(insights.id)/logs and ask:
              traces | where cloud_RoleName =~ '\(site.id.name)' | order by timestamp desc | project timestamp, message
            """
        )
    }
}
