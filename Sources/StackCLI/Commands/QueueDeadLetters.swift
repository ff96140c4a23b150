import ArgumentParser
import JSONText
import StackModel

/// Shows what was given up.
struct QueueDeadLetters<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "dead-letters",
            abstract: "Show the messages of a queue that were given up, and why.",
            discussion: """
                They may be in several places: in the dead-letter queue that belongs to the queue, in the queue of the \
                stack that its consumers put them into, and in the dead-letter queue of that. As with `infra queue \
                peek`, messages are taken and given back, which counts as a delivery where deliveries are limited.
                """
        )
    }

    @Argument(help: "The queue or subscription whose messages they were.")
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
                var documents: [JSON] = []
                for place in try await bus.deadLetterPlaces(of: queue) where !notice.isNoticed {
                    if !look.lastDelivery, let refusal = try await bus.refusal(to: place) {
                        Terminal.error.write(refusal.description)
                        continue
                    }
                    let (messages, report) = try await look.look(at: place, on: bus, until: notice)
                    documents += messages.map { $0.json(at: place) }
                    if !look.json { show(messages, at: place, colors.palette(environment)) }
                    for note in report.notes(at: place, ofQueue: queue.name) { Terminal.error.write(note) }
                }
                if look.json {
                    let document: JSON = ["queue": .string(queue.name), "deadLetters": .array(documents)]
                    Terminal.output.write(document.asciiText)
                }
                if notice.isNoticed { throw Failure.interruptedLook }
            }
        }
    }

    private func show(_ messages: [MessageFacts], at place: MessagePlace, _ palette: Palette) {
        guard !messages.isEmpty else { return Terminal.output.write("\(place.path): none") }
        Terminal.output.write("\(place.path):")
        for line in MessageView(palette: palette).lines(messages, at: place) { Terminal.output.write("  \(line)") }
    }
}

extension MessageFacts {
    fileprivate func json(at place: MessagePlace) -> JSON {
        .object([.init("place", .string(place.path))] + (json.members ?? []))
    }
}
