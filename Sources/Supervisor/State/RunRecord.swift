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

    /// Takes over the newest state of one service, and remembers how it last ended.
    public mutating func update(_ status: ServiceStatus) {
        var status = status
        if case .restarting(_, let reason) = status.state { status.lastEnd = reason }
        if let index = services.firstIndex(where: { $0.name == status.name }) {
            status.lastEnd = status.lastEnd ?? services[index].lastEnd
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
            "restarts": JSON(restarts), "lastEnd": lastEnd?.json,
        ])
    }

    init?(_ json: JSON) {
        guard let name = json["name"]?.string, let address = json["address"]?.string,
            let word = json["state"]?.string,
            let state = ServiceState(
                word: word,
                startMilliseconds: json["startMilliseconds"]?.integer,
                lastEnd: json["lastEnd"].flatMap(ExitReason.init)
            )
        else { return nil }
        self.init(
            name: name,
            address: address,
            state: state,
            processID: json["processID"]?.integer,
            restarts: json["restarts"]?.integer ?? 0
        )
        lastEnd = json["lastEnd"].flatMap(ExitReason.init)
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

    fileprivate init?(word: String, startMilliseconds: Int?, lastEnd: ExitReason?) {
        switch word {
        case "waiting": self = .waiting(for: [])
        case "starting": self = .starting
        case "asleep": self = .asleep
        case "waking": self = .waking
        case "healthy": self = .healthy(startMilliseconds: startMilliseconds ?? 0)
        case "unhealthy": self = .unhealthy
        case "restarting": self = .restarting(attempt: 0, reason: lastEnd ?? .hung)
        case "stopping": self = .stopping
        case "stopped": self = .stopped
        default: return nil
        }
    }
}

extension ExitReason {
    fileprivate var json: JSON {
        switch self {
        case .exit(let code): ["exitCode": JSON(code)]
        case .signal(let number): ["signal": JSON(number)]
        case .hung: ["hung": true]
        case .failedToStart(let program): ["program": .string(program)]
        }
    }

    fileprivate init?(_ json: JSON) {
        if let code = json["exitCode"]?.integer {
            self = .exit(code: code)
        } else if let number = json["signal"]?.integer {
            self = .signal(number)
        } else if let program = json["program"]?.string {
            self = .failedToStart(program)
        } else if json["hung"] == true {
            self = .hung
        } else {
            return nil
        }
    }
}
