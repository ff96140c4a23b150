/// Where a message bus listens.
public struct BusEndpoint: Sendable, Hashable {
    public enum Scheme: String, Sendable, Hashable { case http, https }

    public let scheme: Scheme
    /// A name or an address; IPv6 addresses stand in brackets.
    public let host: String
    /// `nil` for the port of the scheme.
    public let port: Int?

    public init(scheme: Scheme, host: String, port: Int? = nil) {
        self.scheme = scheme
        self.host = host
        self.port = port
    }

    /// The bus of a namespace in Azure: `name.servicebus.windows.net`.
    public static func azure(_ host: String) -> BusEndpoint {
        BusEndpoint(scheme: .https, host: host)
    }

    /// Reads `host` or `host:port`; `nil` where it is neither.
    init?(scheme: Scheme, authority: String) {
        var rest = authority[...]
        let host: Substring
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            host = rest[...end]
            let address = host.dropFirst().dropLast()
            guard !address.isEmpty, address.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else { return nil }
        } else {
            host = rest.prefix { $0 != ":" }
            let isName = host.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"): true
                default: byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                }
            }
            guard !host.isEmpty, isName else { return nil }
        }
        rest = rest[host.endIndex...]
        guard !rest.isEmpty else {
            self.init(scheme: scheme, host: String(host))
            return
        }
        guard rest.removeFirst() == ":", let port = UInt16(rest), port > 0 else { return nil }
        self.init(scheme: scheme, host: String(host), port: Int(port))
    }

    /// The host, and the port where it is not the usual one: `127.0.0.1:5300`.
    public var authority: String {
        port.map { "\(host):\($0)" } ?? host
    }

    /// The address without a path: `http://127.0.0.1:5300`.
    public var url: String { "\(scheme.rawValue)://\(authority)" }
}
