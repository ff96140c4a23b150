import Testing

@testable import Telemetry

struct TraceParentTests {
    static let example = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test func `the example of the standard is read and goes on`() throws {
        let trace = try #require(TraceParent(parsing: Self.example))
        #expect(trace.text == Self.example)
        #expect(trace.child.traceID == trace.traceID)
        #expect(trace.child.spanID != trace.spanID)
        #expect(TraceParent(parsing: TraceParent().text) != nil)
        #expect(TraceParent(parsing: "cc" + Self.example.dropFirst(2) + "-what-is-new") != nil)
    }

    @Test(arguments: [
        "", "00", "ff" + example.dropFirst(2), example + "-more", example.uppercased(),
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
    ])
    func `what breaks a rule of it starts a trace anew`(text: String) {
        #expect(TraceParent(parsing: text) == nil)
    }
}
