import CoreMetrics
import Testing

@testable import ServiceKit

struct MetricsTests {
    @Test func `what is recorded is told in the text form of Prometheus`() {
        let registry = MetricsRegistry()
        Counter(label: "events.accepted", dimensions: [("type", "llm.chat")], factory: registry).increment(by: 2)
        Counter(label: "events.accepted", dimensions: [("type", "a\"\\\nb")], factory: registry).increment()
        let timer = Timer(label: "http.server.request.duration", factory: registry)
        timer.recordNanoseconds(4_000_000)
        timer.recordNanoseconds(2_000_000_000)
        Meter(label: "http.server.active_requests", factory: registry).set(3)
        let lines = registry.text.split(separator: "\n").map(String.init)
        #expect(lines.contains("# TYPE events_accepted_total counter"))
        #expect(lines.contains(#"events_accepted_total{type="llm.chat"} 2"#))
        #expect(lines.contains(#"events_accepted_total{type="a\"\\\nb"} 1"#))
        #expect(lines.contains("# TYPE http_server_request_duration_seconds histogram"))
        #expect(lines.contains(#"http_server_request_duration_seconds_bucket{le="0.001"} 0"#))
        #expect(lines.contains(#"http_server_request_duration_seconds_bucket{le="0.005"} 1"#))
        #expect(lines.contains(#"http_server_request_duration_seconds_bucket{le="+Inf"} 2"#))
        #expect(lines.contains("http_server_request_duration_seconds_count 2"))
        #expect(lines.contains("http_server_request_duration_seconds_sum 2.004"))
        #expect(lines.contains("http_server_active_requests 3.0"))
    }

    @Test func `a name becomes one that Prometheus takes`() {
        let registry = MetricsRegistry()
        Meter(label: "9.Größe:x", dimensions: [("4@b-Z", "ö")], factory: registry).set(1)
        #expect(registry.text == "# TYPE _9_Gr__e_x gauge\n_9_Gr__e_x{_4_b_Z=\"ö\"} 1.0\n")
    }

    @Test func `the same labels are one series, from wherever they are recorded`() async {
        let registry = MetricsRegistry()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<100 {
                group.addTask { Counter(label: "n", dimensions: [("a", "1")], factory: registry).increment() }
            }
        }
        #expect(registry.text.contains("n_total{a=\"1\"} 100\n"))
    }

    @Test func `made-up labels do not fill the memory`() {
        let registry = MetricsRegistry()
        for number in 0..<5_000 {
            Counter(label: "n", dimensions: [("a", "\(number)")], factory: registry).increment()
        }
        #expect(registry.text.split(separator: "\n").count == 2_001)
    }
}
