import ArgumentParser
import StackGraph
import StackModel

/// Brings dead letters back.
struct QueueResubmit<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "resubmit",
            abstract: "Send dead letters to their queue again, and remove them from the dead letters.",
            discussion: """
                A copy is sent first and the dead letter removed second, so that nothing is lost in between. A queue \
                that drops repeats would drop a message whose id it knows, so the copy gets a new id, derived from the \
                old: to repeat the command after a crash makes no second copy. The first id is in the \
                property \(Resubmission.originalID). Consumers see another message: what they did for the first \
                one before it failed, they may do again for the copy.
                """
        )
    }

    private static var limits: ClosedRange<Int> { 1...100_000 }

    @Argument(help: "The queue or subscription whose messages they were.")
    var queue: String

    @Option(help: "The id of a dead letter, or the id that it had first; may be repeated.")
    var id: [String] = []

    @Flag(help: "All of them.")
    var all = false

    @Option(help: "Only those that were given up for this reason, such as MaxDeliveryCountExceeded.")
    var reason: String?

    @Option(help: "How many dead letters to go through.")
    var limit = 100

    @Flag(name: .shortAndLong, help: "Ask nothing, and do it.")
    var yes = false

    @Flag(help: "Go through them even where that uses up the last delivery of one that stays.")
    var lastDelivery = false

    @OptionGroup var options: QueueOptions<Definition>
    @OptionGroup var colors: ColorOptions

    func validate() throws {
        guard all || reason != nil || !id.isEmpty else {
            throw ValidationError("Say which: --id, --reason, or --all.")
        }
        guard !all || id.isEmpty else { throw ValidationError("Say either --id or --all.") }
        guard Self.limits.contains(limit) else {
            throw ValidationError("--limit must be from \(Self.limits.lowerBound) to \(Self.limits.upperBound).")
        }
    }

    func run() async throws {
        try await reportingFailures {
            let environment = try await UserEnvironment()
            let graph = try options.graph()
            let queue = try graph.queue(queue)
            let selection = Resubmission.Selection(ids: id.isEmpty ? nil : Set(id), reason: reason)
            let resubmission = Resubmission(queue: queue, selection: selection)
            let consent = Consent(isAgreed: yes, environment: environment.variables)
            try await options.withBus(of: graph, in: environment) { bus, notice in
                for warning in graph.warnings(resubmitting: queue) { Terminal.error.write(warning) }
                var approved = resubmission
                if !yes {
                    approved = try await show(resubmission, on: bus, colors.palette(environment), notice)
                    try await check(resubmission, on: bus)
                    let question = "Send them to '\(queue.destination)' on \(bus.name) again?"
                    try await notice.ending { try await consent.change(question, ofNobody: Self.advice) }
                } else {
                    try await check(resubmission, on: bus)
                }
                try await carryOut(approved, on: bus, notice)
            }
        }
    }

    private static var advice: String { "Look at them with `infra queue dead-letters`" }

    /// Makes sure that dead letters which stay where they are do not lose their last delivery.
    private func check(_ resubmission: Resubmission, on bus: Bus) async throws {
        // Bringing back all of them leaves none.
        guard resubmission.selection.isPartial, !lastDelivery else { return }
        for place in resubmission.queue.deadLetterPlaces {
            if let refusal = try await bus.refusal(to: place) { throw refusal }
        }
    }

    /// Shows what would be brought back.
    ///
    /// - Returns: The resubmission of what was shown, and nothing more, unless something could not be shown.
    private func show(
        _ resubmission: Resubmission,
        on bus: Bus,
        _ palette: Palette,
        _ notice: SignalNotice
    ) async throws -> Resubmission {
        try await check(resubmission, on: bus)
        var shown: Set<String> = []
        var isComplete = true
        for place in try await bus.deadLetterPlaces(of: resubmission.queue) where !notice.isNoticed {
            let refusal = lastDelivery ? nil : try await bus.refusal(to: place)
            guard refusal == nil else {
                Terminal.output.write("\(place.path): not shown, because another look would use up deliveries")
                isComplete = false
                continue
            }
            var messages: [MessageFacts] = []
            let limit = min(limit, LookOptions.limits.upperBound)
            let report = try await bus.look(at: place, limit: limit, until: notice) { message in
                if resubmission.takes(message) { messages.append(MessageFacts(message)) }
                return false
            }
            shown.formUnion(messages.map(\.id))
            isComplete = isComplete && report.end == .empty
            guard !messages.isEmpty else { continue }
            Terminal.output.write("\(place.path):")
            for line in MessageView(palette: palette).lines(messages, at: place) { Terminal.output.write("  \(line)") }
            if report.end != .empty { Terminal.output.write("  … and perhaps more, up to \(self.limit) in all") }
        }
        if notice.isNoticed { throw Failure.interruptedLook }
        guard !shown.isEmpty || !isComplete else {
            throw Failure.noneToResubmit(resubmission.queue, isPartial: resubmission.selection.isPartial)
        }
        guard isComplete else { return resubmission }
        return Resubmission(
            queue: resubmission.queue,
            selection: .init(ids: shown, reason: resubmission.selection.reason)
        )
    }

    private func carryOut(_ resubmission: Resubmission, on bus: Bus, _ notice: SignalNotice) async throws {
        let destination = bus.queue(resubmission.queue.destination)
        var run = ResubmissionRun(resubmission)
        var rest = limit
        do {
            for place in try await bus.deadLetterPlaces(of: resubmission.queue) where rest > 0 && !notice.isNoticed {
                let source = bus.queue(place.path)
                let report = try await bus.look(at: place, limit: rest, until: notice) { message in
                    try await run.take(message, from: source, to: destination)
                }
                rest -= report.taken
            }
        } catch {
            Terminal.error.write("Before it failed, \(run.sent.count) were sent again.")
            throw error
        }
        if run.left > 0 {
            Terminal.error.write(
                "\(run.left) of them could not be removed from the dead letters; repeat the command to do that."
            )
        }
        if notice.isNoticed {
            throw Failure("Interrupted after \(run.sent.count) were sent again.", code: Failure.interrupted)
        }
        guard !run.sent.isEmpty else {
            throw Failure.noneToResubmit(resubmission.queue, isPartial: resubmission.selection.isPartial)
        }
        Terminal.output.write("Sent \(run.sent.count) to '\(resubmission.queue.destination)' again.")
        if rest == 0 { Terminal.error.write("There may be more: this stopped after \(limit), by --limit.") }
    }
}

extension Graph {
    /// What somebody should know before dead letters go to a queue.
    func warnings(resubmitting queue: StackQueue) -> [String] {
        let others = queues.filter { $0.name != queue.name }
        let shared = queue.deadLetterQueues.compactMap { place -> String? in
            let names = others.filter { $0.deadLetterQueues.contains(place) }.map(\.name)
            guard !names.isEmpty else { return nil }
            return "'\(place.path)' takes the dead letters of \(names.joined(separator: ", ")) too. "
                + "Where a message does not say whose it was, it goes to '\(queue.destination)'."
        }
        let fanOut =
            queue.isSubscription
            ? ["Messages go to the topic '\(queue.destination)': every subscription that takes them gets them again."]
            : []
        return shared + fanOut
    }
}

extension Failure {
    fileprivate static func noneToResubmit(_ queue: StackQueue, isPartial: Bool) -> Failure {
        Failure(
            isPartial
                ? "Among the dead letters of '\(queue.name)' that were gone through, none is meant. See `infra queue dead-letters \(queue.name)`."
                : "'\(queue.name)' has no dead letters that are free."
        )
    }
}
