public import Settings

/// How to reach a message bus, and the right to use it:
/// `Endpoint=sb://name.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=…;EntityPath=jobs`.
///
/// Names are read without regard to case, and unknown ones are skipped, as the SDKs of Service Bus do.
/// `UseDevelopmentEmulator=true` means plain HTTP to the endpoint and its port; everything else is HTTPS.
/// Source: learn.microsoft.com/azure/service-bus-messaging/service-bus-sas
public struct ConnectionString: Sendable, Hashable {
    public let endpoint: BusEndpoint
    /// The name of the rule that the key belongs to.
    public let keyName: String
    public let key: SecretValue
    /// The one queue or topic that the string is for; `nil` for all.
    public let entityPath: String?

    public init(endpoint: BusEndpoint, keyName: String, key: SecretValue, entityPath: String? = nil) {
        self.endpoint = endpoint
        self.keyName = keyName
        self.key = key
        self.entityPath = entityPath
    }

    /// Reads a connection string.
    ///
    /// - Throws: ``ConnectionStringError`` with every problem; none of them shows the key.
    public init(parsing secret: SecretValue) throws(ConnectionStringError) {
        var reader = ConnectionStringReader(secret.unsafeRevealed)
        let usesEmulator = reader.flag("UseDevelopmentEmulator")
        let endpoint = reader.required("Endpoint").flatMap { text in
            reader.endpoint(text, scheme: usesEmulator ? .http : .https)
        }
        let keyName = reader.required("SharedAccessKeyName")
        let key = reader.required("SharedAccessKey")
        let entityPath = reader.optional("EntityPath")
        guard let endpoint, let keyName, let key, reader.problems.isEmpty else {
            throw ConnectionStringError(problems: reader.problems)
        }
        self.init(endpoint: endpoint, keyName: keyName, key: SecretValue(key), entityPath: entityPath)
    }

    /// The string itself, for the process that is to connect.
    public var text: SecretValue {
        let scheme = endpoint.scheme == .http ? ";UseDevelopmentEmulator=true" : ""
        let entity = entityPath.map { ";EntityPath=\($0)" } ?? ""
        return SecretValue(
            "Endpoint=sb://\(endpoint.authority)/;SharedAccessKeyName=\(keyName)"
                + ";SharedAccessKey=\(key.unsafeRevealed)\(entity)\(scheme)"
        )
    }
}

/// Everything that is wrong with a connection string, in the order in which it was found.
public struct ConnectionStringError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Problem: Sendable, Hashable {
        /// A part between semicolons is no `Name=value`; counted from 1, because its text may be part of a key.
        case malformedPart(Int)
        case duplicate(String)
        case missing(String)
        case empty(String)
        case badEndpoint
        case badFlag(String)
    }

    public let problems: [Problem]

    public var description: String {
        "the connection string of the message bus is not usable: "
            + problems.map(Self.sentence).joined(separator: "; ")
    }

    private static func sentence(_ problem: Problem) -> String {
        switch problem {
        case .malformedPart(let number): "part \(number) is not of the form Name=value"
        case .duplicate(let name): "\(name) is given twice"
        case .missing(let name): "\(name) is missing"
        case .empty(let name): "\(name) is empty"
        case .badEndpoint: "Endpoint is not of the form sb://host or sb://host:port"
        case .badFlag(let name): "\(name) is neither true nor false"
        }
    }
}
