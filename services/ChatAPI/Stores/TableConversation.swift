import Azure
import Crypto
import Events
import ModelStreaming
import WebFormats

/// What a table knows of a conversation besides its turns.
struct TableConversation: Sendable, Hashable {
    let id: String
    let owner: String
    let title: String
    /// When it was begun; turns from before belong to one of the same name that was removed.
    let begun: Int64
    /// How many messages all turns have together.
    var messages = 0
    var latest: TurnName?
    /// What the service calls this state of it.
    var tag = ""

    init(id: String, owner: String, title: String, begun: Int64) {
        self.id = id
        self.owner = owner
        self.title = title
        self.begun = begun
    }

    var summary: ConversationSummary {
        ConversationSummary(
            id: id,
            title: title,
            createdAt: TurnName.time(of: begun),
            updatedAt: TurnName.time(of: latest?.stamp ?? begun),
            messages: messages
        )
    }

    // MARK: Entities

    private static let row = "conversation"

    static func partition(of id: String) -> String { "c:\(id)" }

    static func key(of id: String) -> TableKey { TableKey(partition: partition(of: id), row: row) }

    var entity: TableEntity {
        var properties: [String: TableValue] = [
            "Owner": .string(owner), "Title": .string(title), "Begun": .long(begun), "Messages": .long(Int64(messages)),
        ]
        if let latest { properties["Latest"] = .string(latest.row) }
        return TableEntity(Self.key(of: id), properties)
    }

    /// The entity that lists the conversation among its owner's; `nil` before its first turn.
    var listing: TableEntity? {
        latest.map { latest in
            let row = ListingName(latest: latest, conversation: id).row
            return TableEntity(TableKey(partition: ListingName.partition(of: owner), row: row), [:])
        }
    }

    init(_ entity: TableEntity) throws(ConversationError) {
        guard let owner = entity.text("Owner"), let title = entity.text("Title"), let begun = entity.number("Begun"),
            let messages = entity.number("Messages"), let tag = entity.tag
        else { throw .unreadable("conversation") }
        // The colon is not a part of the name.
        id = String(entity.key.partition.dropFirst(2))
        self.owner = owner
        self.title = title
        self.begun = begun
        self.messages = Int(messages)
        self.tag = tag
        if let row = entity.text("Latest") { latest = try TurnName(row) }
    }
}

/// What one of an owner's entities is called: `<latest turn>:<conversation>`, so that the one used last is the first.
struct ListingName: Sendable, Hashable {
    let latest: TurnName
    let conversation: String

    init(latest: TurnName, conversation: String) {
        self.latest = latest
        self.conversation = conversation
    }

    init(_ row: String) throws(ConversationError) {
        guard let colon = row.firstIndex(of: ":") else { throw .unknownContinuation }
        latest = try TurnName(String(row[..<colon]))
        conversation = String(row[row.index(after: colon)...])
    }

    var row: String { "\(latest.row):\(conversation)" }

    /// A hash, for a user's name may be longer than a key.
    static func partition(of owner: String) -> String {
        "u:" + SHA256.hash(data: Array(owner.utf8)).hexadecimal
    }
}
