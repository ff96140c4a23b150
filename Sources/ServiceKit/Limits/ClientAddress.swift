import HTTPTypes
import Hummingbird
import NIOCore
import WebFormats

/// Where a request comes from, for limits: one IPv4 address, or one network of IPv6, of which a client has many addresses.
///
/// Source: RFC 6177, section 2, gives an end site a network of 64 bits or more.
struct ClientAddress: Sendable, Hashable {
    let text: String

    /// The address of a connection.
    init(_ address: SocketAddress?) {
        guard let address else {
            text = "unknown"
            return
        }
        guard case .v6 = address else {
            text = address.ipAddress ?? "local"
            return
        }
        // In `sockaddr_in6` the address follows the family, the port and the flow label, two, two and four bytes long.
        text = address.withSockAddr { pointer, size in
            UnsafeRawBufferPointer(start: pointer, count: size).dropFirst(8).prefix(8).hexadecimal
        }
    }

    /// The client that a chain of proxies speaks of: each adds at the end whom it was asked by.
    ///
    /// What stands further in front was sent by the client itself, and is worth nothing.
    /// Source: developer.mozilla.org/docs/Web/HTTP/Reference/Headers/X-Forwarded-For
    init?(forwarded chain: String, behind proxies: Int) {
        let addresses = chain.split(separator: ",").suffix(proxies)
        guard addresses.count == proxies, let found = addresses.first?.filter({ $0 != " " }) else { return nil }
        // Some proxies tell the port as well.
        let host = found.filter({ $0 == ":" }).count == 1 ? String(found.prefix { $0 != ":" }) : found
        guard let address = try? SocketAddress(ipAddress: host, port: 0) else { return nil }
        self.init(address)
    }
}

extension ServiceContext {
    /// Where a request comes from.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - proxies: How many proxies stand before the service, each of which tells whom it was asked by.
    /// - Returns: What the last trusted proxy says, else the address of the connection.
    func clientAddress(of request: Request, behind proxies: Int) -> ClientAddress {
        let forwarded = proxies > 0 ? request.headers[.forwardedFor] : nil
        return forwarded.flatMap { ClientAddress(forwarded: $0, behind: proxies) }
            ?? ClientAddress(channel.remoteAddress)
    }
}

extension HTTPField.Name {
    static let forwardedFor = HTTPField.Name("X-Forwarded-For") ?? .from
}
