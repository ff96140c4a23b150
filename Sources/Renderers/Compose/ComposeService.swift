import JSONText

/// One service of a Compose project.
///
/// Source: docs.docker.com/reference/compose-file/services
struct ComposeService {
    let name: String
    let image: ComposeText
    /// What follows the program's name; the program is the entry point of its image.
    var command: [ComposeText] = []
    var environment: [(name: String, value: ComposeText)] = []
    /// The names of secrets that lie below `/run/secrets`.
    var secrets: [String] = []
    var configuration: (name: String, target: String, fingerprint: String)?
    var volumes: [(name: String, target: String)] = []
    var ports: [ComposeText] = []
    var dependencies: [(service: String, condition: Condition)] = []
    /// The command that tells by its exit code whether the service is healthy; `nil` for one that ends by itself.
    var healthCheck: [ComposeText]?
    /// Folders in memory, the only ones beside volumes that can be written to.
    var temporaryFolders = ["/tmp"]
    let limits: Limits
    var replicas = 1

    enum Condition: String {
        case healthy = "service_healthy"
        case completed = "service_completed_successfully"
    }

    /// What a container may use at most.
    struct Limits: Hashable {
        let cpuQuarters: Int
        let megabytes: Int
        /// Threads count too, of which a runtime makes a few for each core.
        let processes = 512

        init(cpuQuarters: Int, megabytes: Int) {
            self.cpuQuarters = cpuQuarters
            self.megabytes = megabytes
        }
    }

    /// The user and group that every service runs as, and that owns `/data` in its image.
    static let user = "10001:10001"
    /// The folder that images hold for a volume: a new volume takes its owner.
    ///
    /// Source: docs.docker.com/engine/storage/volumes under "Populate a volume using a container"
    static let dataFolder = "/data"
}

extension ComposeService {
    /// Whether it ends by itself when its work is done.
    private var isTask: Bool { healthCheck == nil }

    var json: JSON {
        .compact([
            "image": image.json,
            "pull_policy": "missing",
            "command": .nonEmptyArray(command.map(\.json)),
            "environment": .nonEmptyObject(environment.map { ($0.name, $0.value.json) }),
            "secrets": .nonEmptyArray(secrets.map { .string($0) }),
            "configs": configuration.map { [["source": .string($0.name), "target": .string($0.target)]] },
            // Compose does not look into the file; the label makes it replace the container when the file changes.
            "labels": configuration.map { ["slipway.configuration": .string($0.fingerprint)] },
            "volumes": .nonEmptyArray(volumes.map { .string("\($0.name):\($0.target)") }),
            "ports": .nonEmptyArray(ports.map(\.json)),
            "depends_on": .nonEmptyObject(
                dependencies.map { ($0.service, ["condition": .string($0.condition.rawValue)]) }
            ),
            "healthcheck": healthCheck.map(Self.healthCheck),
            "restart": isTask ? "no" : "unless-stopped",
            "stop_grace_period": "10s",
            "user": .string(Self.user),
            "read_only": true,
            "tmpfs": .nonEmptyArray(temporaryFolders.map { .string($0) }),
            "cap_drop": ["ALL"],
            "security_opt": ["no-new-privileges:true"],
            "deploy": .compact([
                "replicas": replicas == 1 ? JSON?.none : JSON(replicas),
                "resources": ["limits": limits.json],
            ]),
            "logging": ["driver": "json-file", "options": ["max-size": "10m", "max-file": "3"]],
            "networks": isTask ? JSON?.none : ["stack"],
            "network_mode": isTask ? JSON?.some("none") : nil,
        ])
    }

    /// Engines before 25 do not know `start_interval` and wait for the first interval.
    private static func healthCheck(_ command: [ComposeText]) -> JSON {
        [
            "test": .array(["CMD"] + command.map(\.json)),
            "interval": "5s", "timeout": "5s", "retries": 3, "start_period": "60s", "start_interval": "1s",
        ]
    }
}

extension ComposeService.Limits {
    fileprivate var json: JSON {
        let hundredths = cpuQuarters % 4 * 25
        return [
            "cpus": .string("\(cpuQuarters / 4)" + (hundredths == 0 ? "" : ".\(hundredths)")),
            "memory": .string("\(megabytes)M"),
            "pids": JSON(processes),
        ]
    }
}

extension JSON {
    /// An array, or nothing where it would be empty.
    static func nonEmptyArray(_ elements: [JSON]) -> JSON? { elements.isEmpty ? nil : .array(elements) }

    /// An object, or nothing where it would be empty.
    static func nonEmptyObject(_ members: [(String, JSON)]) -> JSON? {
        members.isEmpty ? nil : .object(members.map { Member($0.0, $0.1) })
    }
}
