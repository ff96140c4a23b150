public import Azure

/// Where an image is in a registry: `registry.example.com/shop/chat-api:1.4.0`.
///
/// Sources: github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#pulling-manifests for repositories and
/// tags; github.com/distribution/reference for what tells a host from a repository.
public struct ImageReference: Sendable, Hashable {
    /// With its port where there is one, in lower case.
    public let host: String
    public let repository: String
    public let tag: String
    /// The registry; encrypted, but on this machine itself.
    public let server: WebAddress

    /// Reads a reference; `nil` where it is none.
    public init?(_ text: String) {
        guard let slash = text.firstIndex(of: "/") else { return nil }
        let host = text[..<slash].lowercased()
        let rest = text[text.index(after: slash)...]
        guard host.contains(".") || host.contains(":") || host == "localhost",
            let colon = rest.lastIndex(of: ":"), Self.isRepository(rest[..<colon]),
            let secure = WebAddress("https://\(host)"), let plain = WebAddress("http://\(host)"), secure.path.isEmpty
        else { return nil }
        let tag = rest[rest.index(after: colon)...]
        guard Self.isTag(tag) else { return nil }
        self.host = host
        self.repository = String(rest[..<colon])
        self.tag = String(tag)
        // Docker Hub is not where its name is.
        self.server = plain.isConfidential ? plain : WebAddress("https://\(Self.addresses[host] ?? host)") ?? secure
    }

    private static let addresses = ["docker.io": "registry-1.docker.io"]

    /// Whether a text may be the name of a repository.
    public static func isRepository(_ text: some StringProtocol) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return text.utf8.count <= 255
            && parts.allSatisfy { part in
                let words = part.split(whereSeparator: { "._-".contains($0) })
                let gaps = part.split(whereSeparator: { !"._-".contains($0) })
                return !words.isEmpty && gaps.count == words.count - 1
                    && words.allSatisfy {
                        $0.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) }
                    }
                    && gaps.allSatisfy { $0 == "." || $0 == "_" || $0 == "__" || $0.allSatisfy { $0 == "-" } }
            }
    }

    private static func isTag(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 128 else { return false }
        let isSound = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
        return isSound && first != UInt8(ascii: ".") && first != UInt8(ascii: "-")
    }
}

extension ImageReference: CustomStringConvertible {
    public var description: String { "\(host)/\(repository):\(tag)" }
}
