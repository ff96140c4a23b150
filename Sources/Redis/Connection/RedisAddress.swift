public import Settings
import WebFormats

/// Where a Redis server listens and who asks it: `redis://:password@host:6379/0`, or `rediss://` for TLS.
///
/// Source: iana.org/assignments/uri-schemes/prov/redis
public struct RedisAddress: Sendable, Hashable {
    public var host: String
    public var port: Int
    public var user: String?
    public var password: SecretValue?
    /// The number of the logical database.
    public var database: Int
    public var usesTLS: Bool

    public static let defaultPort = 6379

    public init(
        host: String,
        port: Int = defaultPort,
        user: String? = nil,
        password: SecretValue? = nil,
        database: Int = 0,
        usesTLS: Bool = false
    ) {
        self.host = host
        self.port = port
        self.user = user
        self.password = password
        self.database = database
        self.usesTLS = usesTLS
    }

    /// Reads an address.
    ///
    /// - Parameter url: A secret, because it may hold a password.
    /// - Throws: ``RedisAddressError``, which does not show it.
    public init(parsing url: SecretValue) throws(RedisAddressError) {
        let text = url.unsafeRevealed
        guard let mark = text.firstRange(of: "://") else { throw RedisAddressError(.scheme) }
        switch text[..<mark.lowerBound].lowercased() {
        case "redis": usesTLS = false
        case "rediss": usesTLS = true
        default: throw RedisAddressError(.scheme)
        }
        let rest = text[mark.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        // The last sign separates: a password with one in it is common, though it should be encoded.
        let sign = authority.lastIndex(of: "@")
        (user, password) = try Self.credentials(sign.map { authority[..<$0] } ?? "")
        (host, port) = try Self.place(sign.map { authority[authority.index(after: $0)...] } ?? authority)
        database = try Self.database(rest[authority.endIndex...])
    }

    private static func credentials(
        _ text: Substring
    ) throws(RedisAddressError) -> (user: String?, password: SecretValue?) {
        let user = text.prefix { $0 != ":" }
        guard let userText = PercentEncoding.decode(user),
            let password = PercentEncoding.decode(text[user.endIndex...].dropFirst())
        else { throw RedisAddressError(.credentials) }
        guard password.isEmpty == false || userText.isEmpty else { throw RedisAddressError(.credentials) }
        return (userText.isEmpty ? nil : userText, password.isEmpty ? nil : SecretValue(password))
    }

    private static func place(_ text: Substring) throws(RedisAddressError) -> (host: String, port: Int) {
        var host = text.prefix { $0 != ":" }
        var rest = text[host.endIndex...]
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { throw RedisAddressError(.host) }
            host = text[..<end].dropFirst()
            rest = text[end...].dropFirst()
        }
        let isHost = host.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: Array("-._:".utf8).contains(byte)
            }
        }
        guard isHost, !host.isEmpty else { throw RedisAddressError(.host) }
        if rest.isEmpty { return (String(host), defaultPort) }
        guard rest.removeFirst() == ":", let port = UInt16(rest), port > 0 else { throw RedisAddressError(.port) }
        return (String(host), Int(port))
    }

    private static func database(_ path: Substring) throws(RedisAddressError) -> Int {
        let digits = path.dropFirst(path.first == "/" ? 1 : 0)
        if digits.isEmpty { return 0 }
        guard let number = UInt16(digits) else { throw RedisAddressError(.database) }
        return Int(number)
    }
}

extension RedisAddress: CustomStringConvertible {
    /// Host and port, as logs and errors name the server.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// What is wrong with the address of a Redis server.
public struct RedisAddressError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Part: String, Sendable, Hashable { case scheme, credentials, host, port, database }

    public let part: Part

    init(_ part: Part) {
        self.part = part
    }

    /// The form that an address has, for those who must mend one.
    public static let expected = "redis://host:port/database or rediss://:password@host:port/database"

    public var description: String { "the \(part.rawValue) of the Redis address is not usable" }
}
