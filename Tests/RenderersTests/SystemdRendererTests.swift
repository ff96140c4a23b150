import JSONText
import Renderers
import ServiceBusEmulator
import SampleStacks
import StackGraph
import StackModel
import TestInstruments
import Testing
import ValidatorTools

@testable import infra

struct SystemdRendererTests {
    @Test func `a worker as a unit`() throws {
        let unit = try #require(files(of: try SampleStacks.small())["shop-worker.service"])
        let lines = unit.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(
            lines.prefix { !$0.hasPrefix("UMask") }.joined(separator: "\n") == """
                # Part of the stack shop.

                [Unit]
                Description=worker of the stack shop
                PartOf=shop.target
                Wants=shop-broker.service shop-api.service
                After=network.target shop-broker.service shop-api.service
                StartLimitIntervalSec=60
                StartLimitBurst=10

                [Service]
                Type=notify
                NotifyAccess=main
                ExecStart=/opt/shop/bin/Worker
                Restart=on-failure
                RestartSec=1
                RestartPreventExitStatus=78
                TimeoutStartSec=60
                TimeoutStopSec=10
                WatchdogSec=30
                SyslogIdentifier=shop-worker

                StateDirectory=shop/data/worker
                StateDirectoryMode=0700
                WorkingDirectory=%S/shop/data/worker
                Environment="API_URL=http://127.0.0.1:8000"
                EnvironmentFile=-%E/shop/worker.env
                LoadCredential=BUS:%E/shop/credentials/bus-connection

                Slice=shop.slice
                MemoryMax=1024M
                CPUQuota=50%
                TasksMax=256
                LimitNOFILE=65536

                """
        )
    }

    @Test func `a container that sleeps has a socket, and the target wants that`() throws {
        let files = files(of: try Lightening(stage: .dev).stack.lowered())
        #expect(files["lightening-dev-chat.socket"]?.contains("ListenStream=127.0.0.1:8000\n") == true)
        let unit = try #require(files["lightening-dev-chat.service"])
        #expect(unit.contains("Requires=lightening-dev-chat.socket\n"))
        #expect(unit.contains("Environment=\"IDLE_EXIT_SECONDS=300\"\n"))
        let wanted =
            "Wants=lightening-dev-broker.service lightening-dev-chat.socket lightening-dev-functions.service\n"
        #expect(files["lightening-dev.target"]?.contains(wanted) == true)
    }

    @Test func `a cache is the unit of the distribution, and a store two apps open has one user`() throws {
        let worker = try #require(files(of: try SampleStacks.complete())["complete-worker.service"])
        #expect(worker.contains("Wants=redis-server.service complete-api.service\n"))
        #expect(worker.contains("Environment=\"CACHE=redis://127.0.0.1:6379\"\n"))
        #expect(!worker.contains("\nUser="))
        let twins = files(of: try SampleStacks.twoReadersOfOneStore())
        let users = ["one", "two"].map { name in
            twins["twins-\(name).service"]?.split(separator: "\n").first { $0.hasPrefix("User=") }
        }
        #expect(users[0] != nil && users[0] == users[1])
    }

    @Test func `an offset moves every port, and the broker's`() throws {
        let graph = try SampleStacks.small()
        let moved = files(of: graph, renderer: SystemdRenderer(portOffset: 100))
        #expect(moved["shop-api.service"]?.contains(":8100") == false)
        #expect(moved["shop-worker.service"]?.contains("API_URL=http://127.0.0.1:8100\"") == true)
        #expect(moved["shop-broker.service"]?.contains("--port 5400 ") == true)
        #expect(moved["install.sh"]?.contains("sb://127.0.0.1:5400;") == true)
    }

    @Test func `the broker reads its document as the stack means it`() throws {
        for graph in [try SampleStacks.complete(), try Lightening(stage: .production).stack.lowered()] {
            let document = try #require(files(of: graph)["broker.json"])
            let broker = try BrokerConfiguration(parsing: try JSON(parsing: document.utf8))
            #expect(broker.queues.map(\.name) == names(graph) { if case .queue = $0 { true } else { false } })
            #expect(broker.topics.map(\.name) == names(graph) { if case .topic = $0 { true } else { false } })
            for node in graph.nodes {
                guard case .queue(let queue) = node.kind else { continue }
                let read = try #require(broker.queues.first { $0.name == node.id.name })
                #expect(read.deduplicationSeconds == queue.deduplicationSeconds)
                #expect([read.maxDeliveries, read.lockSeconds] == [queue.maxDeliveries, queue.lockSeconds])
            }
        }
    }

    @Test func `every service is known by its name in the stack, with all its units`() throws {
        let graph = try Lightening(stage: .dev).stack.lowered()
        let units = SystemdRenderer().units(of: graph)
        #expect(
            units == [
                "broker": ["lightening-dev-broker.service"],
                "chat": ["lightening-dev-chat.service", "lightening-dev-chat.socket"],
                "functions": ["lightening-dev-functions.service"],
            ]
        )
        let files = files(of: graph).keys.filter { $0.hasSuffix(".service") || $0.hasSuffix(".socket") }
        #expect(units.values.flatMap(\.self).sorted() == files.sorted())
        #expect(SystemdRenderer().units(of: try SampleStacks.appNamedBroker())["broker"] == ["shop-broker.service"])
    }

    @Test func `a stack without queues has no broker, and an app may have its name`() throws {
        let none = files(of: Graph(name: "none", nodes: []))
        #expect(none.keys.sorted() == ["install.sh", "none.slice", "none.target", "uninstall.sh"])
        let named = files(of: try SampleStacks.appNamedBroker())
        #expect(named["shop-broker.service"]?.contains("/bin/Worker") == true)
        #expect(named["shop-broker-service.service"]?.contains("/bin/infra emulator") == true)
    }

    @Test func `what a machine cannot give is said where it applies and nowhere else`() throws {
        #expect(SystemdRenderer().render(try SampleStacks.small()).limitations == [])
        let complete = SystemdRenderer().render(try SampleStacks.complete()).limitations.map(\.description)
        #expect(
            complete.map { $0.prefix { $0 != "." } } == [
                "systemd: the stack runs on one machine and ends with it",
                "systemd: 'api' stays at one process",
                "systemd: 'documents' is a folder of this machine and no database",
                "systemd: 'functions' stays at one process",
                "systemd: 'logs' receives nothing, for logs stay on the machine",
                "systemd: 'model' is not run here",
                "systemd: 'worker' stays at one process",
                "systemd: 'worker' keeps running while its queue is empty",
            ]
        )
        let production = SystemdRenderer().render(try Lightening(stage: .production).stack.lowered()).limitations
        #expect(production.first?.resource == nil)
        #expect(production.first?.loss == "runs on one machine and ends with it")
    }

    @Test(arguments: 0..<50) func `the same graph gives the same bytes`(seed: Int) throws {
        let graph = try RandomStack(seed: seed).graph
        #expect(SystemdRenderer().render(graph) == RenderFormat.systemd.render(graph))
        let paths = SystemdRenderer().render(graph).files.map(\.path)
        #expect(Set(paths).count == paths.count)
    }

    private func names(_ graph: Graph, of isWanted: (Node.Kind) -> Bool) -> [String] {
        graph.nodes.filter { isWanted($0.kind) }.map(\.id.name)
    }

    private func files(of graph: Graph, renderer: SystemdRenderer = SystemdRenderer()) -> [String: String] {
        Dictionary(uniqueKeysWithValues: renderer.render(graph).files.map { ($0.path, $0.contents) })
    }
}
