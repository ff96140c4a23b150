import Supervisor
import Testing

@testable import StackCLI

struct ServiceTableTests {
    @Test func `each service is a row, and the columns stand below each other`() {
        let services = [
            ServiceStatus(
                name: "broker",
                address: "http://127.0.0.1:5300",
                state: .healthy(startMilliseconds: 41)
            ),
            ServiceStatus(name: "chat", address: "http://127.0.0.1:8000", state: .unhealthy, restarts: 1),
            ServiceStatus(
                name: "functions",
                address: "http://127.0.0.1:7071",
                state: .restarting(attempt: 2, reason: .hung),
                restarts: 2
            ),
            ServiceStatus(name: "asleep", address: "http://127.0.0.1:8002", state: .asleep),
            ServiceStatus(name: "waking", address: "http://127.0.0.1:8003", state: .waking, processID: 7),
            ServiceStatus(name: "late", address: "http://127.0.0.1:8001", state: .waiting(for: ["functions"])),
        ]
        let lines = ServiceTable(palette: Palette(isOn: false)).lines(services)
        #expect(
            lines.map { $0 + "|" }.joined(separator: "\n") == """
                SERVICE    ADDRESS                STATE                    HEALTH     STARTED IN|
                broker     http://127.0.0.1:5300  running                  healthy    41 ms|
                chat       http://127.0.0.1:8000  running (1 restart)      unhealthy  –|
                functions  http://127.0.0.1:7071  restarting (2 restarts)  –          –|
                asleep     http://127.0.0.1:8002  asleep                   –          –|
                waking     http://127.0.0.1:8003  waking                   –          –|
                late       http://127.0.0.1:8001  waiting                  –          –|
                """
        )
    }

    @Test func `colour adds no width`() {
        let service = ServiceStatus(name: "a", address: "b", state: .healthy(startMilliseconds: 1))
        let plain = ServiceTable(palette: Palette(isOn: false)).lines([service])
        let coloured = ServiceTable(palette: Palette(isOn: true)).lines([service])
        #expect(coloured != plain)
        #expect(coloured.map(\.withoutControls) == plain)
        #expect(coloured[1].contains("\u{1B}[32mhealthy"))
    }
}
