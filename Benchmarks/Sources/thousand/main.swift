import Settings
import StackCLI
import StackModel

/// A stack of a thousand resources: queues, and containers that send to several of them.
struct Thousand: StackDefinition {
    enum Stage: String, CaseIterable { case dev }
    enum Sender: ServiceContract {
        static let executable = "Sender"
        static let buses = (0..<4).map { Setting<BusConnection>("BUS_\($0)") }
        static let settings = buses.map(\.declaration)
    }

    var stage: Stage

    var stack: Stack {
        let images = ContainerRegistry("images")
        let queues = (0..<499).map { Queue(Name("queue-\($0)"), of: String.self) }
        let senders = (0..<500).map { index in
            WebContainer(
                Name("sender-\(index)"),
                running: Sender.self,
                image: images.image("sender", tag: "1"),
                scale: .fixed(1),
                settings: Sender.buses.enumerated().map { offset, bus in
                    .set(bus, to: queues[(index * 7 + offset * 131) % queues.count].connection(.sending))
                }
            )
        }
        return Stack("thousand", [images] + queues + senders)
    }
}

await Infra<Thousand>.run()
