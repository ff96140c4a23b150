import Supervisor
import Testing

@testable import StackCLI

struct StartVerdictTests {
    static let healthy = status("healthy", .healthy(startMilliseconds: 1))
    static let asleep = status("asleep", .asleep)
    static let waiting = status("waiting", .waiting(for: ["starting"]))
    static let starting = status("starting", .starting)
    static let crashing = status("crashing", .starting, restarts: 5, after: .exit(code: 1))
    static let unlucky = status(
        "unlucky",
        .restarting(attempt: 1, reason: .exit(code: 78)),
        restarts: 1,
        after: .exit(code: 78)
    )
    static let refusing = status("refusing", .starting, restarts: 2, after: .exit(code: 78))
    static let mended = status("mended", .healthy(startMilliseconds: 1), restarts: 2, after: .exit(code: 78))

    @Test(
        arguments: [
            (nil, false, .pending), (nil, true, .failed([])), ([], false, .up),
            ([healthy, asleep, mended], true, .up),
            ([healthy, waiting, starting], false, .pending), ([healthy, waiting, starting], true, .failed([starting])),
            ([crashing, unlucky], false, .pending), ([crashing, unlucky], true, .failed([crashing, unlucky])),
            ([starting, waiting, refusing], false, .failed([refusing])),
        ] as [([ServiceStatus]?, Bool, StartVerdict)]
    )
    func `a start ends as soon as its outcome is known`(services: [ServiceStatus]?, isLate: Bool, verdict: StartVerdict)
    {
        #expect(StartVerdict(services, isLate: isLate) == verdict)
    }

    @Test func `what keeps a service down is said with how it ended`() {
        #expect(Self.starting.hindrance == "starting does not answer.")
        #expect(Self.unlucky.hindrance == "unlucky does not stay up: exit code 78, after one restart.")
        #expect(Self.crashing.hindrance == "crashing does not stay up: exit code 1, after 5 restarts.")
    }

    @Test func `that a service cannot use its configuration is said once, until something else happens to it`() {
        var refusals = RepeatedRefusals()
        let other = Self.status("other", .restarting(attempt: 1, reason: .exit(code: 78)))
        let changes = [
            Self.unlucky, Self.status("unlucky", .starting), Self.unlucky, other,
            Self.status("unlucky", .healthy(startMilliseconds: 1)), Self.unlucky, other,
        ]
        let repeated = changes.map { refusals.repeats($0) }
        #expect(repeated == [false, false, true, false, false, false, true])
    }

    private static func status(
        _ name: String,
        _ state: ServiceState,
        restarts: Int = 0,
        after end: ExitReason? = nil
    ) -> ServiceStatus {
        var status = ServiceStatus(name: name, address: "a", state: state, restarts: restarts)
        status.lastEnd = end
        return status
    }
}
