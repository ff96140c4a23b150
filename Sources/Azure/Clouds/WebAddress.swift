import WebFormats

/// An absolute HTTP address, taken apart once, so that all agree where it leads.
///
/// What two readers could understand differently (a user's name, a backslash, a blank) is refused: a token goes where
/// an address leads. Source: RFC 3986.
public struct WebAddress: Sendable, Hashable {
    public enum Scheme: String, Sendable, Hashable {
        case http
        case https

        var standardPort: Int {
            switch self {
            case .http: 80
            case .https: 443
            }
        }
    }

    public let scheme: Scheme
    /// In lower case, without a port.
    public let host: String
    public let port: Int
    /// Empty, or `/` and more; percent-encoded.
    public let path: String
    public let query: String?

    /// Reads an address; `nil` where it is none.
    ///
    /// A fragment is left out, for servers never see it.
    public init?(_ text: String) {
        let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
        guard isPlain, let mark = text.firstRange(of: "://"),
            let scheme = Scheme(rawValue: text[..<mark.lowerBound].lowercased())
        else { return nil }
        let rest = text[mark.upperBound...].prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard let (host, port) = Self.hostAndPort(authority) else { return nil }
        self.init(scheme: scheme, host: host, port: port ?? scheme.standardPort, target: rest[authority.endIndex...])
    }

    /// The root of a server on the port that is usual for the scheme.
    init(scheme: Scheme, host: String) {
        self.init(scheme: scheme, host: host, port: scheme.standardPort, target: "")
    }

    private init(scheme: Scheme, host: String, port: Int, target: Substring) {
        let path = target.prefix { $0 != "?" }
        self.scheme = scheme
        self.host = host
        self.port = port
        self.path = String(path)
        self.query = path.endIndex < target.endIndex ? String(target[path.endIndex...].dropFirst()) : nil
    }

    private static func hostAndPort(_ authority: Substring) -> (host: String, port: Int?)? {
        let isLiteral = authority.first == "["
        let end = isLiteral ? authority.firstIndex(of: "]").map(authority.index(after:)) : authority.firstIndex(of: ":")
        let host = authority[..<(end ?? authority.endIndex)]
        let allowed = isLiteral ? "0123456789abcdefABCDEF:.[]" : "-._"
        let isSound = host.allSatisfy { character in
            allowed.contains(character) || !isLiteral && character.isASCII && (character.isLetter || character.isNumber)
        }
        guard isSound, !host.isEmpty, !isLiteral || end != nil else { return nil }
        let rest = authority[host.endIndex...]
        if rest.isEmpty { return (host.lowercased(), nil) }
        guard rest.first == ":", let port = Int(rest.dropFirst()), (1...65_535).contains(port) else { return nil }
        return (host.lowercased(), port)
    }
}

extension WebAddress: CustomStringConvertible {
    /// The whole address; see ``redacted`` for eyes.
    public var text: String { origin + path + (query.map { "?\($0)" } ?? "") }

    /// The address without path and query.
    public var origin: String { "\(scheme.rawValue)://\(host)\(port == scheme.standardPort ? "" : ":\(port)")" }

    /// The path and the names of the query, without its values: poll addresses of Azure carry signatures there.
    public var redacted: String {
        guard let query else { return path }
        let fields = query.split(separator: "&").map { field in
            let name = field.prefix { $0 != "=" }
            return Self.isVersion(name) ? String(field) : "\(name)=…"
        }
        return "\(path)?\(fields.joined(separator: "&"))"
    }

    public var description: String { origin + redacted }
}

extension WebAddress {
    /// Whether what is sent there can be read by nobody on the way.
    public var isConfidential: Bool {
        scheme == .https || host == "localhost" || host == "[::1]" || host.hasPrefix("127.")
    }

    /// Whether the other address is on this server, or on one of a subdomain of its.
    ///
    /// Regions answer under names of their own: `centraluseuap.management.azure.com`.
    public func covers(_ other: WebAddress) -> Bool {
        scheme == other.scheme && port == other.port && (host == other.host || other.host.hasSuffix(".\(host)"))
    }

    /// The address that a reference means when it is read here; `nil` where it is none.
    ///
    /// Services send absolute addresses, and some the path alone. Source: RFC 3986, section 5.2.
    public func resolving(_ reference: String) -> WebAddress? {
        if let absolute = WebAddress(reference) { return absolute }
        if reference.isEmpty || reference.contains("://") { return nil }
        if reference.hasPrefix("//") { return WebAddress("\(scheme.rawValue):\(reference)") }
        if reference.hasPrefix("/") { return WebAddress(origin + reference) }
        if reference.hasPrefix("?") { return WebAddress(origin + path + reference) }
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? "/"
        return WebAddress(origin + folder + reference)
    }

    /// The address with more at the end of its path, and a query instead of its own.
    public func appending(path more: String, query fields: [(name: String, value: String)] = []) -> WebAddress {
        let base = path.hasSuffix("/") && more.hasPrefix("/") ? path.dropLast() : path[...]
        let query = fields.map { "\($0.name)=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
        let target = base + more + (query.isEmpty ? "" : "?\(query)")
        return WebAddress(scheme: scheme, host: host, port: port, target: Substring(target))
    }

    /// The version of the interface that the address asks for.
    public var apiVersion: String? {
        let field = (query ?? "").split(separator: "&").first { Self.isVersion($0.prefix { $0 != "=" }) }
        return field.map { String($0.drop { $0 != "=" }.dropFirst()) }
    }

    /// The address, asking for this version where it asks for none.
    public func versioned(like other: WebAddress) -> WebAddress {
        guard apiVersion == nil, let version = other.apiVersion else { return self }
        let target = path + "?" + (query.map { $0.isEmpty ? "" : "\($0)&" } ?? "") + "api-version=\(version)"
        return WebAddress(scheme: scheme, host: host, port: port, target: Substring(target))
    }

    private static func isVersion(_ name: Substring) -> Bool { name.lowercased() == "api-version" }
}
