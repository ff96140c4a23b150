import Azure
import JSONText
import Planning
import Renderers

/// Lets one deployment of a stack happen at a time: a lease of a container, taken and kept through the management plane.
///
/// The management plane takes the same roles as the deployment itself, where a lease of a blob would need another one,
/// which takes minutes to become effective. A lease that nobody renews ends after a minute, so a run that died does not
/// block the next.
///
/// Source: learn.microsoft.com/rest/api/storagerp/blob-containers/lease
package struct DeploymentLock: Sendable {
    /// Who holds a lock, as it says itself.
    package struct Holder: Sendable, Hashable {
        package var name: String
        package var since: String

        package init(name: String, since: String) {
            self.name = name
            self.since = since
        }
    }

    package enum Status: Sendable, Hashable {
        case free
        case held(Holder?)
    }

    private static let lifetime = 60
    private static let renewal = Duration.seconds(20)
    private static let retry = Duration.seconds(5)
    /// How often the container may be missing, which somebody has just made, or has just removed with the stack.
    private static let missingLimit = 12
    private static let version = ResourceType.blobContainer.apiVersion

    private let session: AzureSession
    private let account: StateAccount
    private let container: ResourceIdentifier

    package init(_ account: StateAccount, in session: AzureSession) {
        self.session = session
        self.account = account
        self.container = account.containerID
    }

    /// Whether somebody deploys now.
    package func status() async throws -> Status {
        let properties = try await session.plane.get(container, apiVersion: Self.version)?["properties"]
        guard properties?["leaseState"]?.string?.lowercased() == "leased" else { return .free }
        let note = properties?["metadata"]
        guard let name = note?["holder"]?.string, let since = note?["since"]?.string else { return .held(nil) }
        return .held(Holder(name: name, since: since))
    }

    /// Ends the lease of whoever holds it.
    package func breakLease() async throws {
        try await lease(["action": "Break", "breakPeriod": 0])
    }

    /// Does something that nobody else must do meanwhile.
    ///
    /// - Parameters:
    ///   - holder: Who does it, for those who wait.
    ///   - timeout: How long to wait for another holder.
    ///   - interrupted: Returns when nobody wants to wait any more, and ends when it is cancelled.
    ///   - onWait: Called once with who holds it, where there is somebody to wait for.
    ///   - body: What to do; it is cancelled when the lock is lost. It is given what confirms that the lock still holds.
    /// - Returns: What the body returns.
    /// - Throws: ``DeploymentError/locked(by:)``, ``DeploymentError/lockLost``, ``DeploymentError/interrupted``, errors of
    ///   Azure, what the body throws.
    package func hold<Result: Sendable>(
        as holder: Holder,
        timeout: Duration,
        interrupted: @escaping @Sendable () async -> Interruption? = StackDeployment.never,
        onWait: @escaping @Sendable (Holder?) -> Void,
        _ body: @escaping @Sendable (_ confirm: @escaping @Sendable () async throws -> Void) async throws -> Result
    ) async throws -> Result {
        let id = session.connection.random.identifier()
        let result: Result
        do {
            try await unless(interrupted) { try await acquire(id, timeout: timeout, onWait: onWait) }
            try await note(holder)
            result = try await renewing(id) { try await body { try await renew(id) } }
        } catch DeploymentError.locked(let other) {
            throw DeploymentError.locked(by: other)
        } catch {
            await release(id)
            throw error
        }
        await release(id)
        return result
    }

    /// Gives it back.
    ///
    /// Where that fails it ends by itself, and how the deployment ended matters more.
    private func release(_ id: String) async {
        try? await lease(["action": "Release", "leaseId": .string(id)])
    }

    private func acquire(
        _ id: String,
        timeout: Duration,
        onWait: @Sendable (Holder?) -> Void
    ) async throws {
        var waited = Duration.zero
        var missing = 0
        while true {
            do {
                let wish: JSON = [
                    "action": "Acquire", "leaseDuration": JSON(Self.lifetime), "proposedLeaseId": .string(id),
                ]
                return try await lease(wish)
            } catch let error as AzureError where error.has(code: "LeaseAlreadyPresent") {
                let holder: Holder? = if case .held(let holder) = try await status() { holder } else { nil }
                if waited == .zero { onWait(holder) }
                guard waited < timeout else { throw DeploymentError.locked(by: holder) }
                try await session.connection.time.pause(for: Self.retry)
                waited += Self.retry
            } catch let error as AzureError where error.isMissing && missing < Self.missingLimit {
                missing += 1
                try await session.connection.time.pause(for: Self.retry)
                try await account.make()
            }
        }
    }

    private func renewing<Result: Sendable>(
        _ id: String,
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                while true {
                    try await session.connection.time.pause(for: Self.renewal)
                    do {
                        try await renew(id)
                    } catch is AzureError {
                        // Azure has not said that the lease is lost, and the next renewal asks again.
                        continue
                    }
                }
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }

    private func renew(_ id: String) async throws {
        do {
            try await lease(["action": "Renew", "leaseId": .string(id)])
        } catch let error as AzureError where error.status == 409 {
            throw DeploymentError.lockLost
        }
    }

    private func note(_ holder: Holder) async throws {
        let body: JSON = [
            "properties": ["metadata": ["holder": .string(holder.name), "since": .string(holder.since)]]
        ]
        try await session.patiently { try await session.plane.patch(container, body, apiVersion: Self.version) }
    }

    private func lease(_ body: JSON) async throws {
        try await session.plane.post("lease", to: container, body, apiVersion: Self.version, isRepeatable: true)
    }
}
