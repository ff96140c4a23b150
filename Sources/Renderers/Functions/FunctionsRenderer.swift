import JSONText
package import StackGraph

/// Writes what the Azure Functions host reads beside a program: `host.json`, and a `function.json` for each function.
///
/// Source: learn.microsoft.com/azure/azure-functions/functions-custom-handlers
package struct FunctionsRenderer {
    package init() {}

    package func render(_ graph: Graph) -> Rendering {
        Rendering(
            files: graph.nodes.flatMap { node -> [RenderedFile] in
                switch node.kind {
                case .functionApp(let app): files(app, folder: node.id.name, in: graph)
                case .cache, .containerApp, .database, .modelDeployment, .queue, .registry, .secretStore, .storage,
                    .subscription, .telemetry, .topic:
                    []
                }
            }
        )
    }

    private func files(_ app: FunctionAppNode, folder: String, in graph: Graph) -> [RenderedFile] {
        let functions = app.functions.map { function in
            RenderedFile(
                "\(folder)/\(function.name)/function.json",
                JSON.object([JSON.Member("bindings", .array(bindings(function, app, graph)))]).prettyText
            )
        }
        return [RenderedFile("\(folder)/host.json", host(app).prettyText)] + functions
    }

    // Source of the forms: learn.microsoft.com/azure/azure-functions/functions-host-json
    private func host(_ app: FunctionAppNode) -> JSON {
        let handler: JSON = [
            "description": .compact([
                "defaultExecutablePath": .string(app.service.executable),
                "arguments": app.service.arguments.isEmpty
                    ? nil : .array(app.service.arguments.map { .string($0) }),
            ]),
            // Requests reach the program as they are, and answers may stream.
            "enableProxyingHttpRequest": true,
        ]
        return .compact([
            "version": "2.0",
            "extensionBundle": app.busSetting == nil
                ? nil : ["id": "Microsoft.Azure.Functions.ExtensionBundle", "version": "[4.*, 5.0.0)"],
            "extensions": .compact([
                "http": ["routePrefix": "api"],
                "serviceBus": app.functions.contains { $0.isFedByMessages } ? Self.messages : JSON?.none,
            ]),
            "customHandler": handler,
        ])
    }

    /// How messages are taken.
    ///
    /// As many at once as the program takes when it runs alone; each is kept for as long as the plan lets a function run,
    /// because handlers wait for models. Without that a message comes back after five minutes, while its handler is still
    /// at work.
    ///
    /// Source: learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus#hostjson-settings, and
    /// learn.microsoft.com/azure/azure-functions/functions-scale#timeout
    private static let messages: JSON = [
        "maxConcurrentCalls": 32, "maxAutoLockRenewalDuration": "00:30:00",
    ]

    private func bindings(_ function: FunctionNode, _ app: FunctionAppNode, _ graph: Graph) -> [JSON] {
        switch function.trigger {
        // Source: learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger
        case .http(let method, let route):
            [
                [
                    "type": "httpTrigger", "direction": "in", "name": "request", "authLevel": "anonymous",
                    "methods": [.string(method.lowercased())], "route": .string(route),
                ],
                ["type": "http", "direction": "out", "name": "response"],
            ]
        // Source: learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus-trigger
        case .messages(let source): [messages(source, connection: app.busSetting ?? "", graph)]
        // Source: learn.microsoft.com/azure/azure-functions/functions-bindings-timer
        case .timer(let schedule, let runsOnStartup):
            [
                .compact([
                    "type": "timerTrigger", "direction": "in", "name": "timer", "schedule": .string(schedule),
                    // An app also starts whenever it wakes up or scales out, so this runs far more often than it seems.
                    "runOnStartup": runsOnStartup ? .bool(true) : JSON?.none,
                ])
            ]
        }
    }

    private func messages(_ source: MessageSource, connection: String, _ graph: Graph) -> JSON {
        var entity = [JSON.Member("queueName", .string(source.origin.name))]
        if case .subscription(let subscription) = graph[source.origin]?.kind {
            entity = [
                JSON.Member("topicName", .string(subscription.topic.name)),
                JSON.Member("subscriptionName", .string(source.origin.name)),
            ]
        }
        let start: [JSON.Member] = [
            JSON.Member("type", "serviceBusTrigger"), JSON.Member("direction", "in"), JSON.Member("name", "message"),
        ]
        let rest: [JSON.Member] = [
            JSON.Member("connection", .string(connection)),
            // The graph knows no sessions.
            JSON.Member("isSessionsEnabled", false),
            // The answer of the program settles the message: it has no other way to do so.
            JSON.Member("autoComplete", true),
        ]
        return .object(start + entity + rest)
    }
}

extension FunctionNode {
    fileprivate var isFedByMessages: Bool {
        switch trigger {
        case .messages: true
        case .http, .timer: false
        }
    }
}
