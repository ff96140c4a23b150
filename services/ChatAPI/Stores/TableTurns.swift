import Azure
import Events
import JSONText
import ModelStreaming
import Synchronization
import WebFormats

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a turn is called: when it was kept, counted backwards so that the latest is the first, and some chance.
struct TurnName: Sendable, Hashable, Comparable {
    /// Microseconds since 1970.
    let stamp: Int64
    private let chance: String

    /// More than there will ever be, with as many digits.
    private static let end: Int64 = 9_999_999_999_999_999

    init(stamp: Int64) {
        self.stamp = stamp
        chance = RandomDigits.hexadecimal(groups: 1)
    }

    init(_ row: String) throws(ConversationError) {
        guard row.utf8.count == 32, let backwards = Int64(row.prefix(16)), backwards >= 0 else {
            throw .unknownContinuation
        }
        stamp = Self.end - backwards
        chance = String(row.dropFirst(16))
    }

    var row: String { Self.digits(stamp) + chance }

    /// The rows of all turns that were kept later come before this.
    static func digits(_ stamp: Int64) -> String {
        let digits = String(end - stamp)
        return String(repeating: "0", count: max(0, 16 - digits.count)) + digits
    }

    static func time(of stamp: Int64) -> Timestamp {
        Timestamp(Date(timeIntervalSince1970: Double(stamp) / 1_000_000))
    }

    static func < (one: TurnName, other: TurnName) -> Bool { one.row > other.row }
}

/// A message by its turn and its place in there: `<turn>.<number>`.
struct MessageName: Sendable, Hashable {
    let turn: TurnName
    let number: Int

    init(turn: TurnName, number: Int) {
        self.turn = turn
        self.number = number
    }

    init(_ text: String) throws(ConversationError) {
        let parts = text.split(separator: ".")
        guard parts.count == 2, let number = Int(parts[1]), number >= 0 else { throw .unknownContinuation }
        turn = try TurnName(String(parts[0]))
        self.number = number
    }

    var text: String { "\(turn.row).\(number)" }
}

/// Gives turns their names: each later than all before it, here and in what is kept, whatever the clock says.
final class TurnClock: Sendable {
    private let last = Mutex<Int64>(0)
    private let now: @Sendable () -> Date

    init(now: @escaping @Sendable () -> Date) {
        self.now = now
    }

    func next(after stamp: Int64) -> TurnName {
        let time = Int64((now().timeIntervalSince1970 * 1_000_000).rounded())
        return last.withLock { last in
            last = max(time, last + 1, stamp + 1)
            return TurnName(stamp: last)
        }
    }
}

/// The entities of one turn: several where there is much text, of which the first says how many.
///
/// Source: learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model: an entity has at
/// most 1 MiB.
enum TurnEntities {
    private static let partsPerEntity = 12

    static func entities(of messages: [ChatMessage], at turn: TurnName, in conversation: String) -> [TableEntity] {
        let json = JSON.array(messages.map { [.string($0.role.rawValue), .string($0.storableContent)] })
        let parts = TableText.parts(of: json.text)
        let starts = Array(stride(from: 0, to: parts.count, by: partsPerEntity))
        return starts.enumerated().map { number, start in
            let end = min(start + partsPerEntity, parts.count)
            let row = number == 0 ? turn.row : "\(turn.row)-\(100 + number)"
            var properties = TableText.properties("Messages", parts[start..<end])
            if number == 0 { properties["Entities"] = .long(Int64(starts.count)) }
            return TableEntity(
                TableKey(partition: TableConversation.partition(of: conversation), row: row),
                properties
            )
        }
    }

    /// The turns of a conversation, from this one backwards.
    static func filter(of head: TableConversation, from turn: TurnName?) -> TableFilter {
        let all = TableFilter.partition(TableConversation.partition(of: head.id))
            .and(.row(.less, TurnName.digits(head.begun)))
        return turn.map { all.and(.row(.greaterOrEqual, $0.row)) } ?? all
    }
}

/// Puts turns together from their entities, in the order in which a table gives them.
struct TurnReader {
    private var name: TurnName?
    private var text = ""
    private var missing: Int64 = 0

    /// Takes the next entity.
    ///
    /// - Returns: The turn that is whole now.
    mutating func take(_ entity: TableEntity) throws -> (name: TurnName, messages: [StoredMessage])? {
        let row = entity.key.row
        if let count = entity.number("Entities") {
            name = try TurnName(row)
            text = ""
            missing = count
        } else if missing == 0 || name.map({ row.hasPrefix($0.row) }) != true {
            // The rest of a turn whose first entity nobody has written.
            return nil
        }
        text += entity.wholeText("Messages")
        missing -= 1
        guard missing == 0, let name else { return nil }
        return (name, try messages(of: name))
    }

    private func messages(of turn: TurnName) throws(ConversationError) -> [StoredMessage] {
        guard let pairs = (try? JSON(parsing: text))?.array else { throw .unreadable("turn") }
        var messages: [StoredMessage] = []
        for (number, pair) in pairs.enumerated() {
            guard let words = pair.array?.compactMap(\.string), words.count == 2,
                let role = ChatMessage.Role(rawValue: words[0])
            else { throw .unreadable("turn") }
            messages.append(
                StoredMessage(
                    id: MessageName(turn: turn, number: number).text,
                    message: ChatMessage(role: role, content: words[1]),
                    createdAt: TurnName.time(of: turn.stamp)
                )
            )
        }
        return messages
    }
}
