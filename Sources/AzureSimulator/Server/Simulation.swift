import HTTPTypes
package import JSONText

#if canImport(FoundationEssentials)
package import struct FoundationEssentials.Date
#else
package import struct Foundation.Date
#endif

/// The simulated Azure as several tasks see it, with a clock.
package actor Simulation {
    private var azure: SimulatedAzure
    private let now: @Sendable () -> Date

    /// Starts with an empty subscription.
    ///
    /// - Parameters:
    ///   - configuration: What is simulated.
    ///   - now: Tells the time.
    package init(_ configuration: SimulatorConfiguration, now: @escaping @Sendable () -> Date = { Date() }) {
        self.azure = SimulatedAzure(configuration)
        self.now = now
    }

    /// Everything that happened so far.
    package var journal: Journal { azure.journal }

    package func handle(_ request: AzureRequest) -> AzureResponse {
        guard isReachable() else {
            var nothing = AzureResponse(.serviceUnavailable)
            nothing.delivery = .dropped
            return nothing
        }
        return azure.handle(request, at: now())
    }

    // MARK: The way to it

    /// How many requests get through until none does; `nil` for all.
    private var remaining: Int?
    private var watchers: [CheckedContinuation<Void, Never>] = []

    /// Lets some more requests come through, and no other after them, as if whoever sends them had died.
    package func cutOff(after count: Int) { remaining = count }

    /// Lets requests through again.
    package func connectAgain() {
        remaining = nil
        release()
    }

    /// Waits until a request did not get through.
    package func untilCutOff() async {
        guard let remaining, remaining >= 0 else { return }
        await withCheckedContinuation { watchers.append($0) }
    }

    private func isReachable() -> Bool {
        guard let count = remaining else { return true }
        remaining = max(count - 1, -1)
        if count <= 0 { release() }
        return count > 0
    }

    private func release() {
        for watcher in watchers { watcher.resume() }
        watchers = []
    }

    // MARK: Consoles

    private typealias Follower = (form: ConsoleLogs.Line.Form, stream: AsyncStream<[UInt8]>.Continuation)
    private var followers: [String: [Follower]] = [:]

    /// Answers a request, and follows the console that it asks for.
    func open(_ request: AzureRequest) -> (AzureResponse, AsyncStream<[UInt8]>?) {
        let answer = handle(request)
        guard let console = answer.followed, answer.delivery == .sent else { return (answer, nil) }
        let (lines, follower) = AsyncStream.makeStream(of: [UInt8].self)
        followers[console.name, default: []].append((console.form, follower))
        return (answer, lines)
    }

    /// Lets a container of an app write a line.
    package func write(_ text: String, as app: String, replica: Int = 0) {
        guard let (console, line) = azure.write(text, as: app, replica: replica, at: now()) else { return }
        followers[console]?.removeAll { follower in
            if case .terminated = follower.stream.yield(line.bytes(follower.form)) { true } else { false }
        }
    }

    /// How many clients follow consoles.
    package var followerCount: Int { followers.values.reduce(0) { $0 + $1.count } }

    /// Ends all streams, as Azure does after a while.
    package func endStreams() {
        for follower in followers.values.joined() { follower.stream.finish() }
        followers = [:]
    }

    /// Gives an app this many replicas.
    package func setReplicas(_ count: Int, of app: String) { azure.setReplicas(count, of: app) }

    // MARK: Behind the back

    /// Puts a resource there that has always been there, with everything that it is in.
    package func plant(_ identifier: String, _ body: JSON = [:]) { azure.plant(identifier, body, at: now()) }

    /// The identifiers of everything that is there, whatever its state, in order.
    package var identifiers: [String] { azure.identifiers }

    /// What is stored of a resource or a group, as it was written; `nil` where there is none.
    package func body(of identifier: String) -> JSON? { azure.body(of: identifier) }

    /// Changes a resource or a group behind everybody's back, by a merge patch.
    package func edit(_ identifier: String, _ patch: JSON) { azure.edit(identifier, patch, at: now()) }

    /// Takes out a resource or a group with all that is below it, behind everybody's back.
    package func remove(_ identifier: String) { azure.remove(identifier, at: now()) }

    /// The fingerprint of the package that a site runs, as the journal makes them; `nil` where it has none.
    package func servingPackage(of identifier: String) -> String? { azure.servingPackage(of: identifier, at: now()) }

    /// The first key of an account, without asking who wants it; `nil` where there is no such account.
    package func key(of identifier: String) -> String? { azure.key(of: identifier) }

    /// Makes a token without asking who wants it.
    package func token(
        for client: SimulatedClient,
        audience: String = "https://management.azure.com",
        tenant: String? = nil
    ) -> String {
        azure.token(for: client, audience: audience, tenant: tenant, at: now())
    }
}
