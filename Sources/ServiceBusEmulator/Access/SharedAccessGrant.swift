import Messaging
import WebFormats

/// What a token with a good signature opens.
struct SharedAccessGrant: Sendable {
    /// Seconds since 1970 at which the token becomes worthless.
    let expiry: Double
    let rights: Set<SharedAccessKey.Right>
    private let host: Substring
    /// Of an entity or anything above or below it, in lower case: `/jobs`; empty for the whole bus.
    private let path: String

    /// Reads an address such as `https://host/jobs`; its port and its query mean nothing.
    init(address: String, expiry: Double, rights: Set<SharedAccessKey.Right>) {
        self.expiry = expiry
        self.rights = rights
        let rest = address.firstRange(of: "://").map { address[$0.upperBound...] } ?? address[...]
        let parts = rest.lowercased().prefix { $0 != "?" }.split(separator: "/", omittingEmptySubsequences: false)
        self.host = Self.name(parts.first ?? "")
        self.path = parts.dropFirst().filter { !$0.isEmpty }.reduce(into: "") { $0 += "/" + $1 }
    }

    /// Whether a request on this host and path is within what the token is for.
    func covers(host authority: String, path request: String) -> Bool {
        guard !host.isEmpty, host == Self.name(authority.lowercased()[...]) else { return false }
        guard !path.isEmpty else { return true }
        let decoded = request.utf8.contains(UInt8(ascii: "%")) ? PercentEncoding.decode(request) ?? "" : request
        let target = decoded.lowercased()
        let next = target.utf8.dropFirst(path.utf8.count).first
        return target.hasPrefix(path) && (next == nil || next == UInt8(ascii: "/"))
    }

    private static func name(_ authority: Substring) -> Substring {
        // What follows a colon is a port, unless the colon is part of an address in brackets; old clients sign two.
        if authority.first == "[" { return authority[...(authority.firstIndex(of: "]") ?? authority.startIndex)] }
        return authority.prefix { $0 != ":" }
    }
}
