public import Settings

import Synchronization

#if canImport(FoundationEssentials)
public import struct FoundationEssentials.Date
#else
public import struct Foundation.Date
#endif

/// Something that proves to a bus who is asking.
public protocol BusCredential: Sendable {
    /// The value of the `Authorization` header for requests to this address and all below it.
    ///
    /// - Throws: ``MessagingError`` when there is none to be had.
    func authorization(for resource: String) async throws -> SecretValue

    /// Is told that the bus refused an authorization, and forgets it.
    ///
    /// - Returns: Whether another one may do better.
    func replace(_ refused: SecretValue) async -> Bool
}

extension BusCredential {
    public func replace(_ refused: SecretValue) async -> Bool { false }
}

/// Signs with a shared key, and uses each signature until it is about to expire.
public final class SharedAccessCredential: BusCredential {
    /// How long a signature is valid: an hour, so that one that leaks is soon worthless.
    static let validity = 3600.0
    /// How long before its end a signature is renewed, so that none expires on its way.
    static let margin = 600.0

    private let keyName: String
    private let key: SecretValue
    private let now: @Sendable () -> Date
    private let signed = Mutex<[String: (token: SecretValue, renewAt: Date)]>([:])

    public init(keyName: String, key: SecretValue, now: @escaping @Sendable () -> Date = { Date() }) {
        self.keyName = keyName
        self.key = key
        self.now = now
    }

    public convenience init(_ connection: ConnectionString, now: @escaping @Sendable () -> Date = { Date() }) {
        self.init(keyName: connection.keyName, key: connection.key, now: now)
    }

    public func authorization(for resource: String) -> SecretValue {
        let now = now()
        return signed.withLock { signed in
            if let known = signed[resource], known.renewAt > now { return known.token }
            let expiry = Int(now.timeIntervalSince1970 + Self.validity)
            let signature = SharedAccessSignature(resource: resource, keyName: keyName, key: key, expiry: expiry)
            signed[resource] = (signature.token, now.addingTimeInterval(Self.validity - Self.margin))
            return signature.token
        }
    }
}
