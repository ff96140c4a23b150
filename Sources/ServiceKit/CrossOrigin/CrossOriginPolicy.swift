#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Pages of which origins may use a service from a browser.
///
/// There is no way to let everybody in, and cookies are never allowed: who a user is says a token, which a page must send
/// itself.
public struct CrossOriginPolicy: Sendable, Hashable {
    private let origins: Set<String>

    /// Reads a list such as `https://app.example.com,http://localhost:5173`.
    ///
    /// - Parameters:
    ///   - list: Origins, separated by commas.
    ///   - setting: The name of the setting that holds the list.
    /// - Throws: ``SettingsError/invalid(name:expected:)`` for anything that is not an origin.
    public init(parsing list: String, from setting: String) throws(SettingsError) {
        var origins: Set<String> = []
        for text in list.split(separator: ",").map({ $0.filter { !$0.isWhitespace } }) where !text.isEmpty {
            guard let origin = Self.origin(text) else {
                throw .invalid(
                    name: setting,
                    expected: "a list of origins, separated by commas: each a scheme, a host and perhaps a port, "
                        + "such as https://app.example.com or http://localhost:5173, without a path; "
                        + "* and null are none"
                )
            }
            origins.insert(origin)
        }
        self.origins = origins
    }

    /// Whether a page of this origin, as a browser spells it, may read what the service answers.
    func allows(_ origin: String) -> Bool { origins.contains(origin) }

    /// An origin as browsers spell it: in lower case, without the port that the scheme implies.
    ///
    /// Source: html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin
    private static func origin(_ text: String) -> String? {
        guard let parts = URLComponents(string: text.lowercased()), let scheme = parts.scheme,
            scheme == "http" || scheme == "https", let host = parts.host, !host.isEmpty, !host.contains("*"),
            parts.path.isEmpty, parts.query == nil, parts.fragment == nil, parts.user == nil
        else { return nil }
        let implied = scheme == "http" ? 80 : 443
        let port = parts.port.flatMap { $0 == implied ? nil : ":\($0)" } ?? ""
        return "\(scheme)://\(host)\(port)"
    }
}
