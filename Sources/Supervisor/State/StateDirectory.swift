#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The folder `.slipway/`, where everything that a local run leaves on disk is found.
public struct StateDirectory: Sendable, Hashable {
    public let root: String

    public init(root: String = ".slipway") {
        self.root = root
    }

    /// What services keep; survives restarts.
    public var data: String { "\(root)/data" }
    public var logs: String { "\(root)/logs" }
    public var run: String { "\(root)/run" }
    /// Values made up for secrets; mode 0600.
    public var secrets: String { "\(root)/secrets.json" }
    /// Which processes run, for `status` and `down`.
    public var record: String { "\(run)/state.json" }
    /// Held by the supervisor that owns this folder.
    public var lock: String { "\(run)/lock" }
    public var broker: String { "\(run)/broker.json" }

    public func log(of service: String) -> String { "\(logs)/\(service).log" }

    /// Makes the folders, closed to other users.
    public func create() throws {
        for path in [root, data, logs, run] {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        }
    }
}

/// Writes a file so that a reader sees the old text or the new, and never a part.
public func writeAtomically(_ bytes: [UInt8], to path: String, mode: Int = 0o600) throws {
    let temporary = "\(path).\(UInt32.random(in: .min ... .max))"
    guard
        FileManager.default.createFile(
            atPath: temporary,
            contents: Data(bytes),
            attributes: [.posixPermissions: mode]
        )
    else { throw StateError.unwritable(path: path) }
    try PlatformFiles.rename(temporary, to: path)
}

/// Why the local state cannot be used.
public enum StateError: Error, Sendable, Hashable {
    case unwritable(path: String)
    case unreadable(path: String)
    /// Another supervisor owns the folder.
    case running(processID: Int?)
}
