import Azure
import JSONText

/// Posts in a container of Cosmos DB that is partitioned by `/id`, so that reading one is a point read.
///
/// A list goes over all partitions. It is in the order of the service, for only clients with a query engine of their own
/// can sort across partitions.
struct DocumentPostStore: PostStore {
    /// How many pages without a post are passed over before one is shown.
    private static let emptyPageLimit = 8

    private let container: DocumentContainer

    init(_ container: DocumentContainer) {
        self.container = container
    }

    func post(_ id: String) async throws -> StoredPost? {
        guard let found = try await container.document(id, partition: id) else { return nil }
        return Post(found.json).map { StoredPost(post: $0, tag: found.tag) }
    }

    func create(_ post: Post) async throws -> String? {
        try await container.create(post.json, partition: post.id).tag
    }

    func replace(_ post: Post, ifMatch tag: String) async throws -> String? {
        try await container.replace(post.json, partition: post.id, ifMatch: tag).tag
    }

    func delete(_ id: String, ifMatch tag: String) async throws -> Bool {
        try await container.delete(id, partition: id, ifMatch: tag) == .done
    }

    func page(of limit: Int, after start: String?) async throws -> PostPage {
        var next = start
        for _ in 0..<Self.emptyPageLimit {
            let page = try await documents(limit, after: next)
            next = page.next
            let posts = page.documents.compactMap { Post($0) }
            if !posts.isEmpty || next == nil { return PostPage(posts: posts, next: next) }
        }
        return PostPage(posts: [], next: next)
    }

    private func documents(_ limit: Int, after start: String?) async throws -> DocumentPage {
        // It becomes a header, and this is what headers may hold (RFC 9110, section 5.5).
        if let start, !start.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) {
            throw PostStoreError.unknownContinuation
        }
        do {
            return try await container.query("SELECT * FROM c", limit: limit, after: start)
        } catch let error as AzureError where error.status == 400 && start != nil {
            // The query is always the same, so it must be the continuation that the service does not understand.
            throw PostStoreError.unknownContinuation
        }
    }
}

extension WriteOutcome {
    fileprivate var tag: String? {
        switch self {
        case .done(let tag): tag
        case .conflict, .missing: nil
        }
    }
}
