import JSONText
import StackGraph

extension ComposeProject {
    /// The project as a Compose file.
    ///
    /// Source: docs.docker.com/reference/compose-file
    var document: JSON {
        let services = services
        return .compact([
            "name": ComposeText.literal(graph.name.lowercased()).json,
            "services": .object(services.map { JSON.Member($0.name, $0.json) }),
            "networks": ["stack": ["driver": "bridge"]],
            "volumes": .nonEmptyObject(volumes.map { ($0, .object([])) }),
            "secrets": .nonEmptyObject(
                secrets.map { ($0.name, ["file": .string("./\(ComposePreparationScript.folder)/\($0.name)")]) }
            ),
            "configs": broker.map { .object([.init($0, ["file": .string("./\(Self.brokerFile)")])]) },
        ])
    }

    /// What stands before the apps, and then the apps, each in the order of their names.
    var services: [ComposeService] {
        (broker.map { [brokerService($0)] } ?? []) + caches.map(cacheService) + stores.map(storeService)
            + apps.map(appService)
    }

    var volumes: [String] {
        let users =
            stores + apps.filter { $0.reads("DATA_DIRECTORY") }.map(\.id) + (broker.map { [ResourceID($0)] } ?? [])
        return users.sorted().map(volume)
    }

    private func volume(_ id: ResourceID) -> String { "\(id)-data" }

    private func appService(_ app: ComposeApp) -> ComposeService {
        let settings = settings[app.id] ?? []
        var service = ComposeService(name: app.id.name, image: app.image, limits: app.limits)
        service.command = app.service.arguments.map { .literal($0) }
        service.environment = settings.map(\.line)
        service.secrets = Set(settings.compactMap(\.secret)).sorted()
        service.volumes =
            (app.reads("DATA_DIRECTORY") ? [(volume(app.id), ComposeService.dataFolder)] : [])
            + app.stores.map { (volume($0), ComposeMeanings.storeFolder($0)) }
        if let port = ports[app.id] {
            service.ports = [
                .variable("BIND_ADDRESS", default: "127.0.0.1") + .literal(":")
                    + .variable(port.variable, default: String(port.number)) + .literal(":\(app.port)")
            ]
        }
        service.dependencies = dependencies(of: app)
        service.healthCheck = ["/app/\(app.service.executable)", "--check-health"].map { .literal($0) }
        service.replicas = app.replicas
        return service
    }

    /// The services that must be ready first, in the order of mention.
    private func dependencies(of app: ComposeApp) -> [(service: String, condition: ComposeService.Condition)] {
        let stores = Set(app.stores)
        var seen: Set<String> = [app.id.name]
        return (graph[app.id]?.dependencies ?? []).compactMap { id in
            guard let kind = graph[id]?.kind else { return nil }
            switch kind {
            case .cache, .containerApp, .functionApp: return (id.name, .healthy)
            case .queue, .subscription, .topic: return broker.map { ($0, .healthy) }
            case .database, .storage: return stores.contains(id) ? (id.name, .completed) : nil
            case .modelDeployment, .registry, .secretStore, .telemetry: return nil
            }
        }
        .filter { seen.insert($0.service).inserted }
    }

    private func brokerService(_ name: String) -> ComposeService {
        let target = "/etc/\(Self.brokerFile)"
        var service = ComposeService(
            name: name,
            image: .image(BrokerProgram.executable, tag: graph.version),
            limits: .init(cpuQuarters: 4, megabytes: 512)
        )
        service.command = [
            "emulator", "--host", "0.0.0.0", "--port", "\(BrokerProgram.port)", "--data", ComposeService.dataFolder,
            "--configuration", target,
        ].map { .literal($0) }
        let key = secrets.first { $0.origin == .brokerKey }?.name ?? BrokerProgram.keyVariable
        service.environment = [("\(BrokerProgram.keyVariable)_FILE", .literal("/run/secrets/\(key)"))]
        service.secrets = [key]
        service.configuration = (name, target, brokerDocument.fingerprint)
        service.volumes = [(volume(ResourceID(name)), ComposeService.dataFolder)]
        service.healthCheck = ["/app/\(BrokerProgram.executable)", "emulator", "--check-health"].map { .literal($0) }
        return service
    }

    /// The broker's queues, topics and subscriptions, each on a line of its own.
    var brokerDocument: String {
        let groups = (graph.brokerDocument.members ?? []).map { group in
            let lines = (group.value.array ?? []).map { "\n  \($0.text)" }
            return "\(JSON.string(group.name).text): [\(lines.joined(separator: ","))]"
        }
        return "{\(groups.joined(separator: ",\n"))}\n"
    }

    /// A store is a volume; this service ends at once, and leaves the volume to the user that the others run as.
    private func storeService(_ id: ResourceID) -> ComposeService {
        var service = ComposeService(
            name: id.name,
            image: .image(BrokerProgram.executable, tag: graph.version),
            limits: .init(cpuQuarters: 1, megabytes: 128)
        )
        service.command = [.literal("--version")]
        service.volumes = [(volume(id), ComposeService.dataFolder)]
        return service
    }

    /// A cache forgets the least used when it is full, and everything when it ends.
    private func cacheService(_ id: ResourceID) -> ComposeService {
        var service = ComposeService(
            name: id.name,
            image: .variable("REDIS_IMAGE", default: ComposeEnvironmentFile.redisImage),
            limits: .init(cpuQuarters: 2, megabytes: 256)
        )
        service.command = [
            "redis-server", "--save", "", "--appendonly", "no", "--maxmemory", "192mb", "--maxmemory-policy",
            "allkeys-lru",
        ].map { .literal($0) }
        // The image declares a volume there, which would be left behind.
        service.temporaryFolders.append(ComposeService.dataFolder)
        service.healthCheck = ["redis-cli", "-e", "ping"].map { .literal($0) }
        return service
    }
}

extension ComposeSetting {
    fileprivate var line: (name: String, value: ComposeText) {
        switch value {
        case .text(let text): (name, .literal(text))
        case .variable(true): (name, .required(name))
        case .variable(false): (name, .variable(name))
        case .secret(let secret): ("\(name)_FILE", .literal("/run/secrets/\(secret)"))
        }
    }

    var secret: String? {
        if case .secret(let name) = value { name } else { nil }
    }
}

extension String {
    /// A number that changes with the text (FNV-1a of 64 bits).
    fileprivate var fingerprint: String {
        let hash = utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }
}
