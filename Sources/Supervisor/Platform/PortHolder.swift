#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A port that is taken, and by whom.
public struct PortHolder: Sendable, Hashable {
    public let port: Int
    /// The process, where the system lets us see it.
    public let process: Process?

    public struct Process: Sendable, Hashable {
        public let id: Int
        public let name: String
    }

    /// The ports of a plan that something else listens on.
    public static func conflicts(with plan: LocalPlan) -> [PortHolder] {
        plan.processes.map(\.port).filter { !PlatformPorts.isFree(port: $0) }
            .map(PortHolder.init(listeningOn:))
    }
}

extension PortHolder {
    /// Finds out who has a port.
    init(listeningOn port: Int) {
        self.init(port: port, process: SocketTable.listener(on: port))
    }
}

/// Ports were taken by others just before they could be used.
public struct PortsTaken: Error, Sendable, Hashable {
    public let holders: [PortHolder]
}

/// Who listens where, as the Linux kernel tells it in `/proc`.
///
/// Elsewhere nobody is found, and a message names the port alone. Source: proc(5), `/proc/net/tcp`.
enum SocketTable {
    static func listener(on port: Int) -> PortHolder.Process? {
        let sockets = Set(["tcp", "tcp6"].flatMap { inodes(listeningOn: port, table: "/proc/net/\($0)") })
        guard !sockets.isEmpty, let entries = try? FileManager.default.contentsOfDirectory(atPath: "/proc") else {
            return nil
        }
        let id = entries.lazy.compactMap { Int($0) }.first { holds(sockets, process: $0) }
        return id.map { PortHolder.Process(id: $0, name: name(of: $0)) }
    }

    private static func inodes(listeningOn port: Int, table: String) -> [String] {
        let suffix = ":" + hexadecimal(port)
        return text(at: table).split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            let isListening = fields.count > 9 && fields[3] == "0A" && fields[1].hasSuffix(suffix)
            return isListening ? String(fields[9]) : nil
        }
    }

    private static func holds(_ inodes: Set<String>, process: Int) -> Bool {
        let folder = "/proc/\(process)/fd"
        let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return descriptors.contains { descriptor in
            guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(descriptor)"),
                target.hasPrefix("socket:[")
            else { return false }
            return inodes.contains(String(target.dropFirst("socket:[".count).dropLast()))
        }
    }

    private static func name(of process: Int) -> String {
        text(at: "/proc/\(process)/comm").split(separator: "\n").first.map(String.init) ?? "?"
    }

    /// Reads a file of `/proc`, whose size the system tells only as 0.
    private static func text(at path: String) -> String {
        var bytes: [UInt8] = []
        while case let part = PlatformFiles.bytes(at: path, from: bytes.count, atMost: 1 << 16), !part.isEmpty {
            bytes += part
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func hexadecimal(_ port: Int) -> String {
        let digits = String(port, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
