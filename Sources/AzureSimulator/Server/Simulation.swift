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

    package func handle(_ request: AzureRequest) -> AzureResponse { azure.handle(request, at: now()) }

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

    /// Makes a token without asking who wants it.
    package func token(
        for client: SimulatedClient,
        audience: String = "https://management.azure.com",
        tenant: String? = nil
    ) -> String {
        azure.token(for: client, audience: audience, tenant: tenant, at: now())
    }
}
