import HTTPTypes
import Telemetry

/// The id that ties an answer to its lines in the logs.
///
/// A caller's own id is taken over when it is short and harmless, so that one id spans several services.
struct RequestIdentifier: Sendable, Hashable {
    let text: String

    /// Takes the caller's id, or else that of the request's place in its trace, which nobody else has.
    init(takenFrom headers: HTTPFields, orElse trace: TraceParent) {
        text = headers[.requestID].flatMap { Self.isValid($0) ? $0 : nil } ?? trace.spanID
    }

    static func isValid(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}

extension HTTPField.Name {
    static let requestID = HTTPField.Name("X-Request-Id") ?? .from
}
