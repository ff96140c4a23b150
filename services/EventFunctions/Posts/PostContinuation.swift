#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A store's continuation as it stands in an address: text that nobody is tempted to read.
///
/// Source: RFC 4648, section 5
enum PostContinuation {
    /// More than any store's continuation has.
    private static let limit = 8 * 1024

    static func encode(_ text: String) -> String {
        Data(text.utf8).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// The store's own words; `nil` where nothing of the kind was ever given out.
    static func decode(_ text: String) -> String? {
        guard !text.isEmpty, text.utf8.count <= limit else { return nil }
        let plain = text.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)
        return Data(base64Encoded: plain + padding).flatMap { String(validating: $0, as: UTF8.self) }
    }
}
