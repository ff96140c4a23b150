public import Settings
package import StackGraph

/// A set of functions that run on demand.
public struct FunctionApp: Resource {
    package let id: ResourceID
    public let declaration: Declaration

    /// Describes a function app.
    ///
    /// - Parameters:
    ///   - name: The name of the app.
    ///   - contract: The service whose functions these are; each must be bound exactly once.
    ///   - storage: Where the Functions host keeps its state and finds the package.
    ///   - functions: What calls each function.
    ///   - maximumInstances: How far it may scale out; 1 to 1,000.
    ///   - settings: The values of the service's settings.
    ///
    /// Source of the limit: learn.microsoft.com/azure/azure-functions/flex-consumption-plan#scale
    public init(
        _ name: Name,
        running contract: any FunctionAppContract.Type,
        storage: Storage,
        functions: [Function],
        maximumInstances: Int = 100,
        settings: [Binding] = []
    ) {
        self.id = name.id
        let instances = 1...1000
        var problems = functions.flatMap { $0.problems(name.id) }
        if !instances.contains(maximumInstances) {
            problems.append(
                .badValue(name.id, property: "maximumInstances", value: maximumInstances, allowed: instances)
            )
        }
        let bound = functions.map(\.node.name)
        problems += contract.functions.filter { !bound.contains($0) }.map { .missingFunction(name.id, function: $0) }
        problems += bound.filter { !contract.functions.contains($0) }
            .map { .unknownFunction(name.id, function: $0, known: contract.functions) }
        problems += Problem.sameAddresses(name.id, functions.map(\.node))
        problems += bound.repeated.map { .duplicateFunction(name.id, function: $0) }
        self.declaration = Declaration(
            name,
            .functionApp(
                FunctionAppNode(
                    service: ServiceNode(running: contract, settings),
                    storage: storage.id,
                    functions: functions.map(\.node),
                    maximumInstances: maximumInstances
                )
            ),
            problems: problems
        )
    }

    /// The host name that the world reaches it by.
    public var hostname: Output<String> { Output(.attribute(id, .hostname)) }

    /// The address that the world reaches it by, scheme included and without a slash at the end.
    public var url: Output<String> { Output(.attribute(id, .url)) }
}

/// A function together with what calls it.
public struct Function: Sendable {
    package let node: FunctionNode
    private var schedule: TimerSchedule?

    private init(_ name: String, _ trigger: FunctionNode.Trigger, schedule: TimerSchedule? = nil) {
        self.node = FunctionNode(name: name, trigger: trigger)
        self.schedule = schedule
    }

    /// Called by HTTP requests that match its method and route.
    public static func http(_ function: HTTPFunction) -> Function {
        Function(function.name, .http(method: function.method.rawValue.uppercased(), route: function.route))
    }

    /// Called with each message of a queue or subscription; what fails for good goes to `deadLetters`.
    public static func queue<Message>(
        _ function: QueueFunction<Message>,
        consuming origin: some MessageOrigin<Message>,
        deadLetters: Queue<Message>? = nil
    ) -> Function {
        let source = MessageSource(origin: origin.declaration.node.id, deadLetters: deadLetters?.id)
        return Function(function.name, .messages(source))
    }

    /// Called on the schedule that its declaration names.
    public static func timer(_ function: TimerFunction) -> Function {
        Function(
            function.name,
            .timer(schedule: function.schedule.expression, runsOnStartup: function.runsOnStartup),
            schedule: function.schedule
        )
    }

    func problems(_ id: ResourceID) -> [Problem] {
        let source: MessageSource? = if case .messages(let source) = node.trigger { source } else { nil }
        return (source?.problems(id) ?? [])
            + (schedule?.limits ?? []).filter { !$0.allowed.contains($0.value) }
            .map { .badValue(id, property: $0.property, value: $0.value, allowed: $0.allowed) }
    }
}

extension Problem {
    /// Functions that the same requests would call: of one method, and of routes that differ in nothing but capitals,
    /// slashes at the ends and the names of parameters.
    ///
    /// A function that is bound twice is told elsewhere.
    static func sameAddresses(_ id: ResourceID, _ functions: [FunctionNode]) -> [Problem] {
        var names: [String: String] = [:]
        return functions.compactMap { function in
            guard case .http(let method, let route) = function.trigger else { return nil }
            let parts = route.split(separator: "/").map { $0.hasPrefix("{") ? "{}" : $0.lowercased() }
            let key = "\(method) \(parts.joined(separator: "/"))"
            guard let other = names.updateValue(function.name, forKey: key), other != function.name else { return nil }
            return .sameAddress(id, function: other, other: function.name, address: "\(method) /api/\(route)")
        }
    }
}

extension TimerSchedule {
    /// Six fields, seconds first.
    ///
    /// Source: learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions
    var expression: String {
        switch self {
        case .everyMinutes(let minutes): "0 */\(minutes) * * * *"
        case .hourly(let minute): "0 \(minute) * * * *"
        case .daily(let hour, let minute): "0 \(minute) \(hour) * * *"
        }
    }

    fileprivate var limits: [(property: String, value: Int, allowed: ClosedRange<Int>)] {
        switch self {
        case .everyMinutes(let minutes): [("minutes", minutes, 1...59)]
        case .hourly(let minute): [("minute", minute, 0...59)]
        case .daily(let hour, let minute): [("hour", hour, 0...23), ("minute", minute, 0...59)]
        }
    }
}

extension Sequence where Element: Hashable {
    /// The elements that occur more than once, each once, in the order of their first repeat.
    var repeated: [Element] {
        var seen: Set<Element> = []
        var told: Set<Element> = []
        return filter { !seen.insert($0).inserted && told.insert($0).inserted }
    }
}
