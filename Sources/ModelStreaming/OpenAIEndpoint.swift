public import Settings

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where an OpenAI-compatible server listens, and the key that it wants.
public struct OpenAIEndpoint: Sendable, Hashable {
    /// The address, its version included, without a slash at the end: `https://api.openai.com/v1`.
    public let baseURL: String
    public let key: SecretValue?
    /// On whose account, where the key may use several: `OpenAI-Organization`.
    ///
    /// Source: platform.openai.com/docs/api-reference/authentication
    public var organization: String?
    /// For which project: `OpenAI-Project`.
    public var project: String?

    /// OpenAI's own server.
    public static let standardURL = "https://api.openai.com/v1"

    var isOpenAI: Bool { baseURL == Self.standardURL }

    /// Names a server.
    ///
    /// - Throws: ``InvalidAddress`` when the address is not one of a web server.
    public init(baseURL: String = OpenAIEndpoint.standardURL, key: SecretValue?) throws(InvalidAddress) {
        guard let parts = URLComponents(string: baseURL), parts.scheme == "http" || parts.scheme == "https",
            let host = parts.host, !host.isEmpty, parts.query == nil, parts.fragment == nil, parts.user == nil
        else { throw InvalidAddress() }
        var address = Substring(baseURL)
        while address.last == "/" { address.removeLast() }
        self.baseURL = String(address)
        self.key = key
    }

    /// The address of a server is not usable.
    ///
    /// It is not repeated, because it may hold a password.
    public struct InvalidAddress: Error, Sendable, Hashable, CustomStringConvertible {
        /// What would be right, as the end of a sentence: "OPENAI_BASE_URL must be …".
        public static let expected =
            "the http or https address of an OpenAI-compatible server, such as http://localhost:11434/v1"

        public var description: String { "The address of the model server must be \(Self.expected)." }
    }
}
