public import JSONText

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What runs, as a file tells it to other commands; holds no secret.
public struct RunRecord: Sendable, Hashable {
    public var supervisor: Int
    public var stack: String
    public var stage: String
    public var services: [ServiceStatus]

    public init(supervisor: Int, stack: String, stage: String, services: [ServiceStatus]) {
        self.supervisor = supervisor
        self.stack = stack
        self.stage = stage
        self.services = services
    }

    /// Takes over the newest state of one service.
    public mutating func update(_ status: ServiceStatus) {
        if let index = services.firstIndex(where: { $0.name == status.name }) {
            services[index] = status
        } else {
            services.append(status)
        }
    }

    public func write(to directory: StateDirectory) throws {
        try writeAtomically(json.bytes, to: directory.record)
    }

    /// The record of the supervisor that runs in this folder; `nil` where none does.
    public static func current(in directory: StateDirectory) -> RunRecord? {
        guard !PlatformFiles.canLock(directory.lock), let data = FileManager.default.contents(atPath: directory.record),
            let json = try? JSON(parsing: data)
        else { return nil }
        return RunRecord(json)
    }
}

extension RunRecord {
    public var json: JSON {
        [
            "supervisor": JSON(supervisor), "stack": .string(stack), "stage": .string(stage),
            "services": .array(services.map(\.json)),
        ]
    }

    init?(_ json: JSON) {
        guard let supervisor = json["supervisor"]?.integer, let stack = json["stack"]?.string,
            let stage = json["stage"]?.string, let services = json["services"]?.array
        else { return nil }
        self.init(supervisor: supervisor, stack: stack, stage: stage, services: services.compactMap(ServiceStatus.init))
    }
}

extension ServiceStatus {
    public var json: JSON {
        .compact([
            "name": .string(name), "address": .string(address), "state": .string(state.word),
            "startMilliseconds": state.startMilliseconds.map { JSON($0) }, "processID": processID.map { JSON($0) },
            "restarts": JSON(restarts),
        ])
    }

    init?(_ json: JSON) {
        guard let name = json["name"]?.string, let address = json["address"]?.string,
            let word = json["state"]?.string,
            let state = ServiceState(word: word, startMilliseconds: json["startMilliseconds"]?.integer)
        else { return nil }
        self.init(
            name: name,
            address: address,
            state: state,
            processID: json["processID"]?.integer,
            restarts: json["restarts"]?.integer ?? 0
        )
    }
}

extension ServiceState {
    /// The state in one word, for tables and files.
    public var word: String {
        switch self {
        case .waiting: "waiting"
        case .starting: "starting"
        case .asleep: "asleep"
        case .waking: "waking"
        case .healthy: "healthy"
        case .unhealthy: "unhealthy"
        case .restarting: "restarting"
        case .stopping: "stopping"
        case .stopped: "stopped"
        }
    }

    public var startMilliseconds: Int? {
        if case .healthy(let milliseconds) = self { milliseconds } else { nil }
    }

    init?(word: String, startMilliseconds: Int?) {
        switch word {
        case "waiting": self = .waiting(for: [])
        case "starting": self = .starting
        case "asleep": self = .asleep
        case "waking": self = .waking
        case "healthy": self = .healthy(startMilliseconds: startMilliseconds ?? 0)
        case "unhealthy": self = .unhealthy
        case "restarting": self = .restarting(attempt: 0, reason: .hung)
        case "stopping": self = .stopping
        case "stopped": self = .stopped
        default: return nil
        }
    }
}
