import ArgumentParser
import JSONText
import StackModel

/// How somebody looks at messages.
struct LookOptions: ParsableArguments {
    static let limits = 1...500

    @Option(help: "How many messages to show at most, up to \(Self.limits.upperBound).")
    var limit = 20

    @Flag(help: "Show the bodies too; they may be private.")
    var body = false

    @Flag(help: "One JSON document instead of a table.")
    var json = false

    @Flag(help: "Look even where that uses up the last delivery of a message, which makes it a dead letter.")
    var lastDelivery = false

    func validate() throws {
        guard Self.limits.contains(limit) else {
            throw ValidationError("--limit must be from \(Self.limits.lowerBound) to \(Self.limits.upperBound).")
        }
    }

    /// The messages at a place.
    func look(
        at place: MessagePlace,
        on bus: Bus,
        until notice: SignalNotice
    ) async throws -> (messages: [MessageFacts], report: Look.Report) {
        var messages: [MessageFacts] = []
        let report = try await bus.look(at: place, limit: limit, until: notice) { message in
            messages.append(MessageFacts(message, showingBody: body))
            return false
        }
        return (messages, report)
    }
}

/// Shows the messages of a queue.
struct QueuePeek<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "peek",
            abstract: "Show the next messages of a queue, and leave them there.",
            discussion: """
                Over HTTP, Service Bus shows a message only to those who take it. So messages are taken, shown and given \
                back, which counts as a delivery of each; for that moment nobody else can have them. A message that was \
                delivered too often becomes a dead letter. Those with one delivery left are named, and \
                the next look from the same folder is refused while they may be there.
                """
        )
    }

    @Argument(help: "The queue or subscription.")
    var queue: String

    @OptionGroup var look: LookOptions
    @OptionGroup var options: QueueOptions<Definition>
    @OptionGroup var colors: ColorOptions

    func run() async throws {
        try await reportingFailures {
            let environment = try await UserEnvironment()
            let graph = try options.graph()
            let queue = try graph.queue(queue)
            try await options.withBus(of: graph, in: environment) { bus, notice in
                if !look.lastDelivery, let refusal = try await bus.refusal(to: queue.place) { throw refusal }
                let (messages, report) = try await look.look(at: queue.place, on: bus, until: notice)
                if look.json {
                    let document: JSON = [
                        "queue": .string(queue.name), "messages": .array(messages.map(\.json)),
                        "end": .string(report.end.word),
                    ]
                    Terminal.output.write(document.asciiText)
                } else if messages.isEmpty, report.end == .empty {
                    Terminal.output.write("'\(queue.name)' has no message that is free.")
                } else {
                    let view = MessageView(palette: colors.palette(environment))
                    for line in view.lines(messages, at: queue.place) { Terminal.output.write(line) }
                }
                for note in report.notes(at: queue.place, ofQueue: queue.name) { Terminal.error.write(note) }
                if report.end == .interrupted { throw Failure.interruptedLook }
            }
        }
    }
}
