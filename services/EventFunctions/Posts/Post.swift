import Events
import JSONText

/// Something that somebody has written for others to read.
struct Post: Sendable, Hashable {
    let id: String
    var title: String
    var content: String
    /// Who has written it, and alone may change it.
    let authorID: String
    let createdAt: Timestamp
    var updatedAt: Timestamp

    /// The post as it is sent and kept.
    var json: JSON {
        [
            "id": .string(id), "title": .string(title), "content": .string(content), "authorID": .string(authorID),
            "createdAt": .string(createdAt.text), "updatedAt": .string(updatedAt.text),
        ]
    }

    init(id: String, _ draft: PostDraft, authorID: String, createdAt: Timestamp, updatedAt: Timestamp? = nil) {
        self.id = id
        self.title = draft.title
        self.content = draft.content
        self.authorID = authorID
        self.createdAt = createdAt
        self.updatedAt = updatedAt ?? createdAt
    }

    /// Reads a post as it is kept; `nil` where something is missing.
    init?(_ json: JSON) {
        guard let id = json["id"]?.string, let title = json["title"]?.string, let content = json["content"]?.string,
            let authorID = json["authorID"]?.string,
            let createdAt = json["createdAt"]?.string.flatMap({ Timestamp($0) }),
            let updatedAt = json["updatedAt"]?.string.flatMap({ Timestamp($0) })
        else { return nil }
        let draft = PostDraft(title: title, content: content)
        self.init(id: id, draft, authorID: authorID, createdAt: createdAt, updatedAt: updatedAt)
    }

    /// The post after its author has changed it; when it was made stays as it is.
    func changed(to draft: PostDraft, at time: Timestamp) -> Post {
        var post = self
        post.title = draft.title
        post.content = draft.content
        post.updatedAt = time
        return post
    }
}

/// What an author says of a post; the rest follows.
struct PostDraft: Sendable, Hashable {
    static let titleLimit = 200
    /// In bytes of UTF-8.
    static let contentLimit = 128 * 1024
    /// The largest body that is read: JSON can write a byte as six.
    static let sizeLimit = 1024 * 1024

    let title: String
    let content: String

    /// A draft that has been checked before.
    init(title: String, content: String) {
        self.title = title
        self.content = content
    }

    /// Reads a draft.
    ///
    /// Other members are left alone, so that who has read a post can send it back changed.
    ///
    /// - Throws: All problems at once.
    init(_ json: JSON) throws(InvalidDraft) {
        guard json.members != nil else {
            throw InvalidDraft(problems: [.init(field: "", text: "must be an object, not \(json.kind)")])
        }
        var problems: [InvalidDraft.Problem] = []
        let title = Self.text("title", json, &problems)
        if let title {
            // Scalars, for a combining mark after a blank makes no blank of itself.
            if title.unicodeScalars.allSatisfy({ $0.properties.isWhitespace }) {
                problems.append(.init(field: "title", text: "must not be blank"))
            } else if title.unicodeScalars.count > Self.titleLimit {
                problems.append(.init(field: "title", text: "must have at most \(Self.titleLimit) characters"))
            }
            if title.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
                problems.append(.init(field: "title", text: "must be one line without control characters"))
            }
        }
        let content = Self.text("content", json, &problems)
        if let content {
            if content.utf8.count > Self.contentLimit {
                problems.append(.init(field: "content", text: "must have at most \(Self.contentLimit / 1024) KiB"))
            }
            // The one character that SQLite's shell takes for the end of a text.
            if content.utf8.contains(0) {
                problems.append(.init(field: "content", text: "must not contain the character U+0000"))
            }
        }
        guard let title, let content, problems.isEmpty else { throw InvalidDraft(problems: problems) }
        self.title = title
        self.content = content
    }

    private static func text(_ field: String, _ json: JSON, _ problems: inout [InvalidDraft.Problem]) -> String? {
        switch json[field] {
        case .string(let text): return text
        case nil: problems.append(.init(field: field, text: "is required"))
        case .some(let other): problems.append(.init(field: field, text: "must be a string, not \(other.kind)"))
        }
        return nil
    }
}

/// What is wrong with a draft.
struct InvalidDraft: Error, Sendable, Hashable {
    struct Problem: Sendable, Hashable {
        let field: String
        let text: String
    }

    let problems: [Problem]
}
