/// Something that a service cannot work without, and how to find out whether it is there.
public struct DependencyCheck: Sendable {
    /// What `/ready` calls it: `broker`.
    public let name: String
    let check: @Sendable () async throws -> Void

    /// Describes a dependency.
    ///
    /// - Parameters:
    ///   - name: What `/ready` calls it.
    ///   - check: Returns when it is there and throws when it is not; cancelled after two seconds.
    public init(_ name: String, check: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.check = check
    }
}
