import ArgumentParser
import JSONText
import Messaging
import StackGraph
import StackModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Looks into the queues of the stack.
struct QueueCommand<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "queue",
            abstract: "Show the queues of the stack and what is in them, and bring dead letters back.",
            subcommands: [
                QueueList<Definition>.self, QueuePeek<Definition>.self, QueueDeadLetters<Definition>.self,
                QueueResubmit<Definition>.self, QueuePurge<Definition>.self,
            ],
            defaultSubcommand: QueueList<Definition>.self
        )
    }
}

/// Lists the queues.
struct QueueList<Definition: StackDefinition>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "list",
            abstract: "Show every queue and subscription of the stack, and how many messages each has.",
            discussion: """
                Active messages are those that wait and those in somebody's hands. Service Bus tells the numbers to \
                those who may manage it; to others they are shown as unknown. No message is touched, except with \
                --oldest: over HTTP its age is told only to those who take a message.
                """
        )
    }

    @OptionGroup var options: QueueOptions<Definition>
    @OptionGroup var colors: ColorOptions

    @Flag(help: "One JSON document instead of a table.")
    var json = false

    @Flag(help: "Show since when the next message of each queue waits; it is taken and given back, as by a peek.")
    var oldest = false

    func run() async throws {
        try await reportingFailures {
            let environment = try await UserEnvironment()
            let graph = try options.graph()
            let queues = graph.queues
            guard !queues.isEmpty else { return Terminal.output.write("The stack has no queue.") }
            try await options.withBus(of: graph, in: environment) { bus, notice in
                var rows: [QueueRow] = []
                for queue in queues where !notice.isNoticed {
                    let counts = try await bus.counts(of: queue.place.path)
                    let waitsSince =
                        oldest && counts?.active != 0 ? try await bus.oldest(in: queue.place, until: notice) : nil
                    rows.append(QueueRow(queue: queue, counts: counts, waitsSince: waitsSince))
                }
                if notice.isNoticed { throw Failure.interruptedLook }
                if json { return Terminal.output.write(JSON.array(rows.map(\.json)).asciiText) }
                let table = TextTable(palette: colors.palette(environment))
                for line in table.lines(QueueRow.headings, rows.map(\.cells)) { Terminal.output.write(line) }
            }
        }
    }
}

/// A queue and its counts, which are `nil` where they are not known.
struct QueueRow: Sendable {
    static let headings = ["QUEUE", "ACTIVE", "SCHEDULED", "DEAD LETTERS", "GIVEN UP TO", "OLDEST"]

    let queue: StackQueue
    let counts: QueueCounts?
    /// When the next message was enqueued, where that is known.
    var waitsSince: Date?

    var cells: [TextTable.Cell] {
        let dead = counts?.deadLetters
        return [
            .init(queue.isSubscription ? "\(queue.destination)/\(queue.name)" : queue.name), cell(counts?.active),
            cell(counts?.scheduled), cell(dead, (dead ?? 0) > 0 ? .red : nil),
            .init(queue.deadLetterQueues.isEmpty ? "–" : queue.deadLetterQueues.map(\.path).joined(separator: ", ")),
            .init(waitsSince?.formatted(.iso8601) ?? "–"),
        ]
    }

    var json: JSON {
        .compact([
            "queue": .string(queue.name), "path": .string(queue.place.path), "active": counts.map { JSON($0.active) },
            "scheduled": counts.map { JSON($0.scheduled) }, "deadLetters": counts.map { JSON($0.deadLetters) },
            "deadLetterQueues": .array(queue.deadLetterQueues.map { .string($0.path) }),
            "waitsSince": waitsSince.map { .string($0.formatted(.iso8601)) },
        ])
    }

    private func cell(_ count: Int?, _ color: Palette.Color? = nil) -> TextTable.Cell {
        .init(count.map(String.init) ?? "unknown", color)
    }
}
