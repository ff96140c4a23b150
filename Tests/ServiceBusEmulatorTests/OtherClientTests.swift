import Messaging
import Settings
import ServiceBusEmulator
import Testing
import TestInstruments
import ValidatorTools

/// Clients that others have written.
@Suite(.timeLimit(.minutes(1))) struct OtherClientTests {
    @Test(.enabled(if: Validators.areExpected, Validators.missing))
    func `Microsoft's own client of the HTTP interface finds all that it expects`() async throws {
        let configuration = BrokerConfiguration(
            queues: [.init("jobs", maxDeliveries: 2)],
            topics: [.init("news")],
            subscriptions: [.init("all", topic: "news"), .init("mail", topic: "news", filter: "sys.Label = 'mail'")]
        )
        // The client tells the time by the clock of this machine, which is later than the tests'.
        try await withEmulator(configuration) { bus in
            let verdict = try await Validators.python(
                "clients/service_bus.py",
                bus.endpoint.authority,
                EmulatorHarness.key.unsafeRevealed
            )
            #expect(verdict.isAccepted, "\(verdict.words)")
        }
    }
}
