import Renderers
import SampleStacks
import StackGraph
import StackModel
import Testing

@testable import infra

struct ComposeLimitationTests {
    @Test func `what the stack in production loses is told, each with what to do about it`() throws {
        let limitations = try limitations(of: Lightening(stage: .production).stack.lowered())
        #expect(
            limitations == [
                "compose: the stack runs on one machine, and not in several zones. Deploy it to Azure where it must outlive a machine.",
                "compose: the stack answers plain HTTP, on this machine alone. Put a proxy with a certificate in front of its ports.",
                "compose: the stack keeps messages in one volume, and has one key for all who send and receive. Back up the volume 'broker-data', and run no service that may not have the key.",
                "compose: 'cache' is a Redis without a password or encryption, open to every service of the project. Run no service that may not read it.",
                "compose: 'chat' stays at one replica: it is not stopped while there is nothing to do, and does not grow to 10. Raise its limits in compose.override.yaml where that is too little.",
                "compose: 'documents' is a folder for posts, without the interface of a store, and its readers may write to it. Let services open files at the path that they are given, as on a developer's machine.",
                "compose: 'files' is a folder for chats, schedules, idempotency, without the interface of a store, and its readers may write to it. Let services open files at the path that they are given, as on a developer's machine.",
                "compose: 'functions' stays at one replica: it is not stopped while there is nothing to do, and does not grow to 100. Raise its limits in compose.override.yaml where that is too little.",
                "compose: 'functions' does not make up for what its timers missed while it was stopped: SweepSchedules. Let these functions look for all that is due, not for what is due now.",
                "compose: 'generator' stays at one replica: it is not stopped while there is nothing to do, and does not grow to 20. Start more with `docker compose up --detach --scale generator=N`.",
                "compose: 'telemetry' collects nothing: the engine keeps the last 30 MB of each container's log, and not 30 days. Read them with `docker compose logs`, or let a collector of the machine pick them up.",
                "compose: 'vault' keeps secrets in files, without versions or a record of who read them. Guard the folder 'secrets' like the secrets themselves.",
            ]
        )
    }

    @Test func `what services use is told where they get something else for it`() throws {
        let limitations = try limitations(of: SampleStacks.complete())
        for expected in [
            "compose: 'documents' is a folder for posts, without the interface of a store, and its readers may write to it. Let services open files at the path that they are given, as on a developer's machine.",
            "compose: 'files' is a folder for uploads, posts, without the interface of a store, and its readers may write to it. Let services open files at the path that they are given, as on a developer's machine.",
            "compose: 'functions' does not make up for what its timers missed while it was stopped: Remind. Let these functions look for all that is due, not for what is due now.",
            "compose: 'model' does not run gpt-4o-mini. Set MODEL in .env to a model that runs elsewhere.",
            "compose: 'worker' does not read HOST, and may listen where nobody outside its container reaches it. Declare HOST in the contract of the service, and listen on the address that it holds.",
        ] { #expect(limitations.contains(expected)) }
    }

    @Test func `a stack that loses nothing hears nothing`() {
        let host = ServiceNode.ContractSetting(name: "HOST", isRequired: false, isSecret: false)
        #expect(limitations(of: Graph(name: "g", nodes: [])).isEmpty)
        #expect(limitations(of: .container(port: nil, replicas: 3...3, contract: [host])).isEmpty)
        // The Functions host keeps its state there, and there is no such host.
        #expect(
            limitations(
                of: Graph(
                    name: "g",
                    nodes: [
                        Node(id: ResourceID("s"), kind: .storage(StorageNode(containers: ["c"], tables: [])))
                    ]
                )
            ).isEmpty
        )
    }

    @Test(
        arguments: [
            (80, 1...1, nil), (80, 0...1, "one replica: it is not stopped while there is nothing to do"),
            (80, 1...4, "one replica: it does not grow to 4"),
            (80, 3...3, "one replica: it has fewer than the 3 it should have"),
            (nil, 3...5, "3 replicas: it does not grow to 5"),
        ] as [(Int?, ClosedRange<Int>, String?)]
    )
    func `replicas that do not run are told`(port: Int?, allowed: ClosedRange<Int>, loss: String?) {
        let limitations = ComposeRenderer().render(.container(port: port, replicas: allowed)).limitations
        #expect(limitations.map(\.loss).first { $0.hasPrefix("stays") } == loss.map { "stays at \($0)" })
    }

    private func limitations(of graph: Graph) -> [String] {
        ComposeRenderer().render(graph).limitations.map(\.description)
    }
}
