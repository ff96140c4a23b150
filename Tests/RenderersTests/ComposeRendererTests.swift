import Foundation
import JSONText
import Renderers
import SampleStacks
import StackGraph
import StackModel
import Testing
import Yams

@testable import infra

struct ComposeRendererTests {
    @Test func `a container as a service`() throws {
        let service = ServiceNode(
            executable: "ShopAPI",
            arguments: ["--greeting", "$5 \"off\""],
            contract: ["DATA_DIRECTORY", "HOST", "LOG_LEVEL", "PORT"].map {
                .init(name: $0, isRequired: false, isSecret: false)
            },
            environment: [Variable(name: "MOTTO", value: .plain(.literal("no\n# end")))]
        )
        let app = ContainerAppNode(
            service: service,
            image: ImageNode(registry: ResourceID("images"), repository: "shop-api", tag: "1.2"),
            port: 8080,
            size: .threeQuarterCore,
            replicas: 1...1,
            triggers: [],
            source: nil
        )
        let graph = Graph(
            name: "Shop",
            nodes: [
                Node(id: ResourceID("images"), kind: .registry), Node(id: ResourceID("shop"), kind: .containerApp(app)),
            ]
        )
        #expect(
            try ComposeRenderer().render(graph).file("compose.yaml") == #"""
                # Rendered from the description of the stack: change that, not this.
                # To start it: ./prepare.sh && docker compose up --detach --wait
                name: shop
                services:
                  shop:
                    image: "${IMAGE_PREFIX:-}shop-api:1.2"
                    pull_policy: missing
                    command:
                      - "--greeting"
                      - "$$5 \"off\""
                    environment:
                      DATA_DIRECTORY: /data
                      HOST: "0.0.0.0"
                      LOG_LEVEL: "${LOG_LEVEL:-}"
                      MOTTO: "no\n# end"
                      PORT: "8080"
                    volumes:
                      - "shop-data:/data"
                    ports:
                      - "${BIND_ADDRESS:-127.0.0.1}:${SHOP_PORT:-8080}:8080"
                    healthcheck:
                      test:
                        - CMD
                        - /app/ShopAPI
                        - "--check-health"
                      interval: "5s"
                      timeout: "5s"
                      retries: 3
                      start_period: "60s"
                      start_interval: "1s"
                    restart: unless-stopped
                    stop_grace_period: "10s"
                    user: "10001:10001"
                    read_only: true
                    tmpfs:
                      - /tmp
                    cap_drop:
                      - ALL
                    security_opt:
                      - "no-new-privileges:true"
                    deploy:
                      resources:
                        limits:
                          cpus: "0.75"
                          memory: "1536M"
                          pids: 512
                    logging:
                      driver: json-file
                      options:
                        max-size: "10m"
                        max-file: "3"
                    networks:
                      - stack
                networks:
                  stack:
                    driver: bridge
                volumes:
                  shop-data: {}

                """#
        )
    }

    @Test(arguments: ComposeSamples.all)
    func `every service is healthy by its own word, needs no rights and has limits`(sample: ComposeSample) throws {
        for (name, service) in try sample.services() {
            #expect(service["user"] as? String == "10001:10001", "\(name)")
            #expect(service["read_only"] as? Bool == true, "\(name)")
            #expect(service["cap_drop"] as? [String] == ["ALL"], "\(name)")
            #expect(service["security_opt"] as? [String] == ["no-new-privileges:true"], "\(name)")
            #expect((service["tmpfs"] as? [String])?.first == "/tmp", "\(name)")
            #expect(service["pull_policy"] as? String == "missing", "\(name)")
            #expect(service["stop_grace_period"] != nil, "\(name)")
            let deploy = service["deploy"] as? [String: Any]
            let limits = (deploy?["resources"] as? [String: Any])?["limits"] as? [String: Any]
            #expect(Set(limits?.keys.map(\.self) ?? []) == ["cpus", "memory", "pids"], "\(name)")
            let logging = (service["logging"] as? [String: Any])?["options"] as? [String: String]
            #expect(Set(logging?.keys.map(\.self) ?? []) == ["max-size", "max-file"], "\(name)")
            // What ends by itself cannot be healthy, and needs no network.
            let isTask = service["network_mode"] as? String == "none"
            #expect((service["healthcheck"] == nil) == isTask, "\(name)")
            #expect(service["restart"] as? String == (isTask ? "no" : "unless-stopped"), "\(name)")
            for port in service["ports"] as? [String] ?? [] {
                #expect(port.hasPrefix("${BIND_ADDRESS:-127.0.0.1}:${"), "\(name)")
            }
        }
    }

    @Test(arguments: ComposeSamples.all)
    func `what a service mentions is there`(sample: ComposeSample) throws {
        let project = try sample.project()
        let services = try sample.services()
        let declared = { (key: String) in Set((project[key] as? [String: Any] ?? [:]).keys) }
        var mentioned: [String: Set<String>] = ["volumes": [], "secrets": []]
        for (name, service) in services {
            for (dependency, value) in service["depends_on"] as? [String: [String: String]] ?? [:] {
                #expect(dependency != name)
                let target = try #require(services[dependency], "\(name) waits for \(dependency)")
                let isTask = target["healthcheck"] == nil
                #expect(value["condition"] == (isTask ? "service_completed_successfully" : "service_healthy"))
            }
            let volumes = (service["volumes"] as? [String] ?? []).compactMap { $0.split(separator: ":").first }
            mentioned["volumes"]?.formUnion(volumes.map(String.init))
            mentioned["secrets"]?.formUnion(service["secrets"] as? [String] ?? [])
            let environment = service["environment"] as? [String: String] ?? [:]
            for secret in service["secrets"] as? [String] ?? [] {
                #expect(environment.contains { $0.key.hasSuffix("_FILE") && $0.value == "/run/secrets/\(secret)" })
            }
        }
        #expect(mentioned["volumes"] == declared("volumes"))
        #expect(mentioned["secrets"] == declared("secrets"))
        let hasBus = sample.graph.nodes.contains { node in
            switch node.kind {
            case .queue, .subscription, .topic: true
            default: false
            }
        }
        #expect(declared("configs").isEmpty != hasBus)
        #expect(ComposeRenderer().render(sample.graph) == ComposeRenderer().render(sample.graph))
    }

    @Test(arguments: ComposeSamples.all)
    func `the example of .env lists all variables of the project, and no others`(sample: ComposeSample) throws {
        let rendering = ComposeRenderer().render(sample.graph)
        // A doubled sign is a sign, and no variable.
        let text = try rendering.file("compose.yaml").replacing("$$", with: "")
        let mentioned = Set(text.matches(of: /\$\{(\w+):/).map { String($0.1) })
        let lines = try rendering.file(".env.example").split(separator: "\n", omittingEmptySubsequences: false)
        let variables = lines.filter { $0.contains("=") && !$0.hasPrefix("#") }
        let names = variables.compactMap { $0.split(separator: "=").first.map(String.init) }
        #expect(Set(names) == mentioned)
        #expect(names.count == Set(names).count)
        for (line, before) in zip(lines.dropFirst(), lines) where variables.contains(line) {
            #expect(before.hasPrefix("# ") && before.count > 10)
        }
        let required = Set(text.matches(of: /\$\{(\w+):\?/).map { String($0.1) })
        #expect(Set(names.prefix(required.count)) == required)
    }

    @Test func `the broker reads what the stack says of queues and topics`() throws {
        let graph = try SampleStacks.complete()
        let rendering = ComposeRenderer().render(graph)
        #expect(try JSON(parsing: rendering.file("broker.json")) == graph.brokerDocument)
        #expect(
            try rendering.file("broker.json") == """
                {"queues": [
                  {"name":"failed-jobs","maxDeliveries":10,"lockSeconds":60},
                  {"name":"jobs","maxDeliveries":3,"lockSeconds":300,"deduplicationSeconds":129600,"timeToLiveSeconds":1209600}],
                "topics": [
                  {"name":"news","deduplicationSeconds":600,"timeToLiveSeconds":90}],
                "subscriptions": [
                  {"name":"readers","topic":"news","subjects":["a","it's"],"maxDeliveries":2,"lockSeconds":5}]}

                """
        )
    }

    @Test func `the broker is made anew when its queues change, and only then`() throws {
        func label(_ deliveries: Int, version: String = "1") throws -> String {
            let queue = QueueNode(
                maxDeliveries: deliveries,
                lockSeconds: 30,
                deduplicationSeconds: nil,
                timeToLiveSeconds: nil
            )
            let graph = Graph(name: "g", version: version, nodes: [Node(id: ResourceID("q"), kind: .queue(queue))])
            let labels = try ComposeSample(name: "g", graph: graph).services()["broker"]?["labels"]
            return try #require((labels as? [String: String])?["slipway.configuration"])
        }
        #expect(try label(1) == label(1, version: "2"))
        #expect(try label(1) != label(2))
    }

    @Test func `a service gets the secrets that the stack gives it, and those that are nobody else's`() throws {
        let services = try ComposeSample(name: "dev", graph: Lightening(stage: .dev).stack.lowered()).services()
        // The vault has a signing key, and the stack gives it to the functions alone; nobody has the others.
        #expect(
            services["chat"]?["secrets"] as? [String] == [
                "AZURE_OPENAI_API_KEY", "EVENTS_SIGNING_KEY", "NOTIFY_SIGNING_KEY", "OPENAI_API_KEY",
            ]
        )
        #expect(
            services["functions"]?["secrets"] as? [String] == [
                "AZURE_OPENAI_API_KEY", "JWT_SIGNING_KEY", "NOTIFY_SIGNING_KEY", "OPENAI_API_KEY",
                "SERVICEBUS_CONNECTION",
            ]
        )
    }

    @Test func `stores are volumes that belong to the user of the services`() throws {
        let services = try ComposeSample(name: "complete", graph: SampleStacks.complete()).services()
        #expect(services["files"]?["volumes"] as? [String] == ["files-data:/data"])
        #expect(services["files"]?["command"] as? [String] == ["--version"])
        #expect(
            services["worker"]?["volumes"] as? [String] == [
                "files-data:/stores/files", "documents-data:/stores/documents",
            ]
        )
        let environment = services["worker"]?["environment"] as? [String: String]
        #expect(environment?["BLOBS"] == "/stores/files")
        #expect(environment?["API_URL"] == "http://api:3000/v1")
        #expect(environment?["CACHE"] == "redis://cache:6379")
        #expect(environment?["MODEL"] == "${MODEL:-}")
    }

    @Test func `workers run as often as they must, and what has a port runs once`() throws {
        for (port, least, replicas) in [(nil, 0, nil), (nil, 1, nil), (nil, 3, 3), (80, 3, nil)] as [(Int?, Int, Int?)]
        {
            let sample = ComposeSample(name: "g", graph: .container(port: port, replicas: least...5))
            let deploy = try sample.services()["app"]?["deploy"] as? [String: Any]
            #expect(deploy?["replicas"] as? Int == replicas)
        }
    }

    @Test(arguments: [
        ("ChatAPI", "chat-api"), ("EventFunctions", "event-functions"), ("App", "app"), ("infra", "infra"),
        ("HTTPServer2Go", "http-server2-go"), ("my-App", "my-app"),
    ])
    func `an executable gives its image a name`(executable: String, name: String) {
        #expect(
            ServiceNode(executable: executable, arguments: [], contract: [], environment: []).imageRepository == name
        )
    }
}
