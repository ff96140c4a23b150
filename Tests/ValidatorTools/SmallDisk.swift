public import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A disk that is soon full.
public enum SmallDisk {
    public static let reason: Comment = "only root may mount a small disk"

    /// Whether this process may mount file systems: its effective capabilities say so.
    ///
    /// Source: man7.org/linux/man-pages/man7/capabilities.7.html for the number of `CAP_SYS_ADMIN`.
    public static var isPossible: Bool {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        let digits = line?.split(whereSeparator: \.isWhitespace).last ?? ""
        return (UInt64(digits, radix: 16) ?? 0) & 1 << 21 != 0
    }

    /// Mounts a disk for as long as a body runs.
    ///
    /// - Parameters:
    ///   - size: How many bytes it has.
    ///   - files: How many files and folders it has room for, itself counted.
    ///   - body: Is given its folder.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, and an error where the disk cannot be mounted.
    public static func mounted<Value>(
        size: Int,
        files: Int = 1000,
        _ body: (String) async throws -> Value
    ) async throws -> Value {
        try await Validators.withFolder(of: [("disk/mark", "")]) { folder in
            let disk = "\(folder)/disk"
            let options = "size=\(size),nr_inodes=\(files)"
            let mounted = try await Validators.tool("mount", "-t", "tmpfs", "-o", options, "none", disk, in: folder)
            try #require(mounted.isAccepted, "\(mounted.words)")
            let result: Result<Value, any Error>
            do {
                result = .success(try await body(disk))
            } catch {
                result = .failure(error)
            }
            let freed = try await Validators.tool("umount", disk, in: folder)
            #expect(freed.isAccepted, "\(freed.words)")
            return try result.get()
        }
    }
}
