import JSONText

#if canImport(FoundationEssentials)
import struct FoundationEssentials.Date
#else
import struct Foundation.Date
#endif

/// The documents of one account, by the key of the container that they are in.
struct DocumentAccount: Sendable {
    struct Key: Sendable, Hashable {
        /// The value of the partition key, as JSON text.
        let partition: String
        let id: String
    }

    struct Document: Sendable {
        let json: JSON
        let tag: String
        let changedAt: Date
        /// Counts the documents of the container; lists are in this order.
        let number: Int

        /// The document with what the service adds.
        ///
        /// Source: learn.microsoft.com/rest/api/cosmos-db/documents
        var whole: JSON {
            json.overlaid(
                by: [
                    "_rid": .string("rid\(number)"), "_self": .string("docs/rid\(number)/"), "_etag": .string(tag),
                    "_attachments": "attachments/", "_ts": JSON(Int(changedAt.timeIntervalSince1970)),
                ]
            )
        }
    }

    struct Container: Sendable {
        private(set) var documents: [Key: Document] = [:]
        private(set) var size = 0
        private var count = 0

        subscript(key: Key) -> Document? { documents[key] }

        mutating func keep(_ json: JSON, under key: Key, tag: String, at now: Date) -> Document {
            if documents[key] == nil { count += 1 }
            let number = documents[key]?.number ?? count
            let document = Document(json: json, tag: tag, changedAt: now, number: number)
            remove(key)
            documents[key] = document
            size += json.bytes.count
            return document
        }

        mutating func remove(_ key: Key) {
            size -= documents.removeValue(forKey: key)?.json.bytes.count ?? 0
        }
    }

    var containers: [String: Container] = [:]

    var size: Int { containers.values.reduce(0) { $0 + $1.size } }
}

/// What the path of a request to documents names: types and names in turn.
enum DocumentRoute: Sendable, Hashable {
    case account
    case database(String)
    case container(database: String, String)
    case ranges(database: String, container: String)
    case documents(database: String, container: String)
    case document(database: String, container: String, String)
    case unknown

    init(_ path: [String]) {
        let isSound = zip(["dbs", "colls", "docs"], [0, 2, 4]).allSatisfy { word, index in
            path.count <= index || path[index] == word
        }
        switch path.count {
        case 0: self = .account
        case 2 where isSound: self = .database(path[1])
        case 4 where isSound: self = .container(database: path[1], path[3])
        case 5 where path[4] == "pkranges": self = .ranges(database: path[1], container: path[3])
        case 5 where isSound: self = .documents(database: path[1], container: path[3])
        case 6 where isSound: self = .document(database: path[1], container: path[3], path[5])
        default: self = .unknown
        }
    }
}
