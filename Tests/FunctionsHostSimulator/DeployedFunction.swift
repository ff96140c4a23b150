import JSONText

/// A function as its `function.json` describes it.
///
/// Source: learn.microsoft.com/azure/azure-functions/functions-triggers-bindings
public struct DeployedFunction: Sendable {
    public let name: String
    let trigger: Trigger
    /// The names of its output bindings, with their types.
    let outputs: [String: String]

    enum Trigger: Sendable {
        case http(input: String, methods: [String], route: String)
        case messages(input: String, queue: String, connection: String)
        case timer(input: String, runsOnStartup: Bool)
    }

    /// The queue that feeds it.
    var queue: String? {
        if case .messages(_, let queue, _) = trigger { queue } else { nil }
    }

    /// The name of the one HTTP output.
    var response: String? { outputs.first { $0.value == "http" }?.key }

    init(_ name: String, _ json: JSON) throws {
        let bindings = json["bindings"]?.array ?? []
        func problem(_ text: String) -> FolderProblem { FolderProblem("\(name)/function.json: \(text)") }
        func text(_ binding: JSON, _ member: String) throws -> String {
            guard let text = binding[member]?.string, !text.isEmpty else { throw problem("a binding has no \(member)") }
            return text
        }
        var triggers: [Trigger] = []
        var outputs: [String: String] = [:]
        for binding in bindings {
            let (type, input) = (try text(binding, "type"), try text(binding, "name"))
            switch (type, try text(binding, "direction")) {
            case ("httpTrigger", "in"):
                guard binding["authLevel"] == "anonymous" else { throw problem("nobody has a key") }
                let methods = binding["methods"]?.array?.compactMap(\.string) ?? []
                triggers.append(.http(input: input, methods: methods, route: binding["route"]?.string ?? name))
            case ("serviceBusTrigger", "in"):
                // The default of the extension is true; what the program answers settles the message only then.
                guard binding["autoComplete"]?.bool ?? true else { throw problem("nobody would settle the messages") }
                guard binding["isSessionsEnabled"]?.bool ?? false == false else {
                    throw problem("no queue has sessions")
                }
                let queue = try text(binding, "queueName")
                triggers.append(
                    .messages(input: input, queue: queue, connection: try text(binding, "connection"))
                )
            case ("timerTrigger", "in"):
                guard try text(binding, "schedule").split(separator: " ").count == 6 else {
                    throw problem("a schedule has six fields")
                }
                triggers.append(.timer(input: input, runsOnStartup: binding["runOnStartup"]?.bool ?? false))
            case ("http", "out"): outputs[input] = type
            case let (type, direction): throw problem("there is no binding \(type) of direction \(direction)")
            }
        }
        guard let trigger = triggers.first, triggers.count == 1 else { throw problem("a function has one trigger") }
        self.name = name
        self.trigger = trigger
        self.outputs = outputs
    }
}
