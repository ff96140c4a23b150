import Supervisor
import Testing

@testable import StackCLI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

struct SleepNoteTests {
    private let time = Date(timeIntervalSince1970: 1_700_000_000)

    @Test func `falling asleep and waking are lines as services write them`() {
        let asleep = SleepNote(status(.asleep), at: time)
        #expect(
            asleep?.line == #"{"time":"2023-11-14T22:13:20Z","level":"info","service":"chat","message":"asleep"}"#
        )
        #expect(SleepNote(status(.waking, processID: 7), at: time)?.line.contains(#""message":"waking""#) == true)
        let view = LogView(services: ["chat"], palette: Palette(isOn: false))
        #expect(asleep.map { view.line($0.line, of: "chat") } == "chat │ 22:13:20 info  asleep")
    }

    @Test func `nothing else is, and a start is told once`() {
        #expect(SleepNote(status(.waking), at: time) == nil)
        for state in [ServiceState.starting, .healthy(startMilliseconds: 1), .stopping, .stopped] {
            #expect(SleepNote(status(state, processID: 7), at: time) == nil)
        }
    }

    private func status(_ state: ServiceState, processID: Int? = nil) -> ServiceStatus {
        ServiceStatus(name: "chat", address: "http://127.0.0.1:8000", state: state, processID: processID)
    }
}
