import ArgumentParser
import Messaging
import StackGraph
import StackModel

/// Removes messages for good.
struct QueuePurge<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "purge",
            abstract: "Remove the messages of a queue, or its dead letters, for good.",
            discussion: """
                As many are removed as there are at the start, so that what arrives meanwhile stays. Scheduled messages \
                and those in somebody's hands stay too.
                """
        )
    }

    @Argument(help: "The queue or subscription.")
    var queue: String

    @Flag(help: "Remove its dead letters, from all places where they may be, and not its messages.")
    var deadLetters = false

    @Flag(name: .shortAndLong, help: "Ask nothing, and do it.")
    var yes = false

    @OptionGroup var options: QueueOptions<Definition>

    func run() async throws {
        try await reportingFailures {
            let environment = try await UserEnvironment()
            let graph = try options.graph()
            let queue = try graph.queue(queue)
            let consent = Consent(isAgreed: yes, environment: environment.variables)
            let places = deadLetters ? queue.deadLetterPlaces : [queue.place]
            try await options.withBus(of: graph, in: environment) { bus, notice in
                let purges = try await Purge.all(of: places, on: bus)
                if purges.allSatisfy({ $0.count == 0 }) {
                    return Terminal.output.write("There is nothing to remove from \(Purge.names(purges)).")
                }
                let others = deadLetters ? graph.sharers(of: queue) : []
                let warning = others.isEmpty ? "" : " Dead letters of \(others.joined(separator: ", ")) are among them."
                let question = "Remove \(Purge.words(purges)) on \(bus.name) for good?\(warning)"
                try await notice.ending {
                    try await consent.change(
                        question,
                        ofNobody: "Look at them with `infra queue peek` or `dead-letters`"
                    )
                }
                try await carryOut(purges, on: bus, notice)
            }
        }
    }

    private func carryOut(_ purges: [Purge], on bus: Bus, _ notice: SignalNotice) async throws {
        var removed = 0
        for purge in purges where !notice.isNoticed {
            let before = removed
            try await purge.run(on: bus, until: notice) { count in
                Terminal.error.write("\(before + count) removed …")
            } onRemoved: {
                removed += 1
            }
        }
        if notice.isNoticed { throw Failure("Interrupted after \(removed) were removed.", code: Failure.interrupted) }
        Terminal.output.write("Removed \(removed) from \(Purge.names(purges)).")
    }
}

extension Graph {
    /// The other queues whose dead letters are where those of a queue are.
    fileprivate func sharers(of queue: StackQueue) -> [String] {
        queues.filter { other in
            other.name != queue.name && other.deadLetterQueues.contains { queue.deadLetterQueues.contains($0) }
        }
        .map(\.name)
    }
}
