public import JSONText

/// Something that happened, as clients send it and workers receive it.
///
/// ```json
/// {"timestamp":"2023-01-01T00:00:00Z","source":"sensor-1","type":"movement","userID":"abc123","metadata":{"x":1}}
/// ```
public struct Event: Sendable, Hashable {
    /// Given by the event API when it accepts the event.
    public var id: String?
    public var timestamp: Timestamp
    /// Who reports it.
    public var source: String
    /// What it is: 1 to 128 letters, digits, dots, hyphens and underscores.
    ///
    /// Workers route by it.
    public var type: String
    /// Whom it concerns.
    public var userID: String
    /// The id of the event that this one answers.
    public var correlationID: String?
    /// Whatever else there is to say; passes through every service unchanged, numbers included.
    public var metadata: [JSON.Member]

    public init(
        id: String? = nil,
        timestamp: Timestamp = .now,
        source: String,
        type: String,
        userID: String,
        correlationID: String? = nil,
        metadata: [JSON.Member] = []
    ) {
        self.id = id
        self.timestamp = timestamp
        self.source = source
        self.type = type
        self.userID = userID
        self.correlationID = correlationID
        self.metadata = metadata
    }

    /// The event as clients and workers exchange it.
    public var json: JSON {
        .compact([
            "id": id.map { .string($0) },
            "timestamp": .string(timestamp.text),
            "source": .string(source),
            "type": .string(type),
            "userID": .string(userID),
            "correlationID": correlationID.map { .string($0) },
            "metadata": .object(metadata),
        ])
    }
}

/// What is wrong with a document that should be an event: every field with a problem.
public struct EventError: Error, Sendable, Hashable {
    public struct Problem: Sendable, Hashable {
        public let field: String
        public let text: String

        public init(field: String, text: String) {
            self.field = field
            self.text = text
        }
    }

    public let problems: [Problem]
}

extension Event {
    /// The largest event, in bytes of JSON; the limit of a message on Service Bus Standard.
    ///
    /// Source: learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas
    public static let sizeLimit = 256 * 1024

    /// Reads an event.
    ///
    /// - Parameters:
    ///   - json: The document; unknown members are ignored.
    ///   - user: Whom it concerns where it does not say.
    ///   - now: When it happened where it does not say.
    /// - Throws: ``EventError`` with the problems of all fields.
    public init(_ json: JSON, defaultUser user: String? = nil, now: Timestamp = .now) throws(EventError) {
        guard case .object = json else {
            throw EventError(problems: [.init(field: "", text: "must be an object, not \(json.kind)")])
        }
        var fields = EventFields(json)
        let id = fields.text("id", .optional)
        let source = fields.text("source", .required, limit: 256)
        let type = fields.type()
        let userID = fields.text("userID", user == nil ? .required : .optional, limit: 256)
        let correlationID = fields.text("correlationID", .optional)
        let timestamp = fields.timestamp()
        let metadata = fields.metadata()
        guard fields.problems.isEmpty, let source, let type, let userID = userID ?? user else {
            throw EventError(problems: fields.problems)
        }
        self.init(
            id: id,
            timestamp: timestamp ?? now,
            source: source,
            type: type,
            userID: userID,
            correlationID: correlationID,
            metadata: metadata
        )
    }
}

/// Reads the members of one document and collects what is wrong with them.
private struct EventFields {
    enum Presence { case required, optional }

    private let json: JSON
    private(set) var problems: [EventError.Problem] = []

    init(_ json: JSON) {
        self.json = json
    }

    mutating func text(_ name: String, _ presence: Presence, limit: Int = 128) -> String? {
        switch json[name] {
        case nil, .null?:
            if presence == .required { refuse(name, "is required") }
            return nil
        case .string(let text)? where text.isEmpty:
            refuse(name, "must not be empty")
            return nil
        case .string(let text)? where text.unicodeScalars.count > limit:
            refuse(name, "must not be longer than \(limit) characters")
            return nil
        case .string(let text)?: return text
        case let other?:
            refuse(name, "must be a string, not \(other.kind)")
            return nil
        }
    }

    mutating func type() -> String? {
        guard let type = text("type", .required) else { return nil }
        guard type.utf8.allSatisfy(Self.isTypeByte) else {
            refuse("type", "may hold only letters, digits, '.', '_' and '-'")
            return nil
        }
        return type
    }

    mutating func timestamp() -> Timestamp? {
        guard let text = text("timestamp", .optional) else { return nil }
        guard let timestamp = Timestamp(text) else {
            refuse("timestamp", "must be a time such as 2023-01-01T00:00:00Z (RFC 3339)")
            return nil
        }
        return timestamp
    }

    mutating func metadata() -> [JSON.Member] {
        switch json["metadata"] {
        case nil, .null?: return []
        case .object(let members)?: return members
        case let other?:
            refuse("metadata", "must be an object, not \(other.kind)")
            return []
        }
    }

    private mutating func refuse(_ field: String, _ text: String) {
        problems.append(EventError.Problem(field: field, text: text))
    }

    private static func isTypeByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
