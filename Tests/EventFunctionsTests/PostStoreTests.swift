import AzureSimulator
import Events
import Foundation
import SimulatedData
import Testing

@testable import EventFunctions

/// What every store of posts promises, tried on each.
@Suite struct PostStoreTests {
    enum Kind: CaseIterable { case sqlite, documents }

    static func withStore(
        _ kind: Kind,
        faults: FaultRates = .none,
        seed: UInt64 = 1,
        _ test: @escaping @Sendable (any PostStore) async throws -> Void
    ) async throws {
        switch kind {
        case .sqlite:
            try await IdempotencyTests.withFolder { try await test(SQLitePostStore(folder: $0)) }
        case .documents:
            try await SimulatedData.run(faults: faults, seed: seed) { data in
                try await test(DocumentPostStore(try #require(data.documents(.identity))))
            }
        }
    }

    static func post(_ title: String = "Hello 世界 👩‍🚀 ' \" \\ \n", by author: String = "ada") -> Post {
        Post(
            id: RandomIdentifier.next(),
            PostDraft(title: title, content: "Many words\n"),
            authorID: author,
            createdAt: Timestamp(Date(timeIntervalSince1970: 1_767_225_600.25))
        )
    }

    @Test(arguments: Kind.allCases)
    func `a post comes back as it was written`(kind: Kind) async throws {
        try await Self.withStore(kind) { store in
            let post = Self.post()
            #expect(try await store.post(post.id) == nil)
            let tag = try #require(try await store.create(post))
            #expect(try await store.post(post.id) == StoredPost(post: post, tag: tag))
            #expect(EntityTags(tag)?.allowChange(of: tag) == true)
            #expect(try await store.create(post) == nil)
        }
    }

    @Test(arguments: Kind.allCases)
    func `a change is made to the state that was seen, and gives another`(kind: Kind) async throws {
        try await Self.withStore(kind) { store in
            let post = Self.post()
            let changed = post.changed(to: PostDraft(title: "New", content: ""), at: post.createdAt)
            #expect(try await store.replace(changed, ifMatch: "\"1\"") == nil)
            let first = try #require(try await store.create(post))
            let second = try #require(try await store.replace(changed, ifMatch: first))
            #expect(first != second)
            #expect(try await store.post(post.id) == StoredPost(post: changed, tag: second))
            #expect(try await store.replace(post, ifMatch: first) == nil)
            #expect(try await !store.delete(post.id, ifMatch: first))
            #expect(try await store.delete(post.id, ifMatch: second))
            #expect(try await !store.delete(post.id, ifMatch: second))
            #expect(try await store.post(post.id) == nil)
        }
    }

    @Test(arguments: Kind.allCases)
    func `one of those who change a state at the same time succeeds`(kind: Kind) async throws {
        try await Self.withStore(kind) { store in
            let post = Self.post()
            let tag = try #require(try await store.create(post))
            let tags = try await withThrowingTaskGroup(of: String?.self) { group in
                for number in 0..<50 {
                    let draft = PostDraft(title: "\(number)", content: "")
                    group.addTask {
                        try await store.replace(post.changed(to: draft, at: Timestamp(Date())), ifMatch: tag)
                    }
                }
                return try await group.reduce(into: []) { $0 += [$1].compactMap(\.self) }
            }
            #expect(tags.count == 1)
            #expect(try await store.post(post.id)?.tag == tags.first)
        }
    }

    @Test(arguments: Kind.allCases)
    func `pages have every post once, while others come and go`(kind: Kind) async throws {
        try await Self.withStore(kind) { store in
            #expect(try await store.page(of: 10, after: nil) == PostPage(posts: [], next: nil))
            let posts = (0..<23).map { Self.post("\($0)") }
            var tags: [String] = []
            for post in posts { tags.append(try #require(try await store.create(post))) }
            var found: [Post] = []
            var next: String?
            repeat {
                let page = try await store.page(of: 5, after: next)
                #expect(page.posts.count <= 5)
                found += page.posts
                next = page.next
                // The first and the last may or may not be met; all others must be.
                _ = try await store.delete(posts[0].id, ifMatch: tags[0])
                _ = try await store.delete(posts[22].id, ifMatch: tags[22])
                _ = try await store.create(Self.post("new"))
            } while next != nil
            let kept = Set(posts[1..<22].map(\.id))
            #expect(found.count { kept.contains($0.id) } == 21)
            #expect(Set(found.map(\.id)).isSuperset(of: kept))
            #expect(Set(found.map(\.id)).count == found.count)
        }
    }

    @Test(arguments: Kind.allCases, ["nonsense", "-1", "\u{0}", "a\r\nx-ms-version: 1", #"{"token":"+RID:~"}"#])
    func `a continuation that was never given is refused`(kind: Kind, text: String) async throws {
        try await Self.withStore(kind) { store in
            await #expect(throws: PostStoreError.unknownContinuation) { try await store.page(of: 5, after: text) }
        }
    }

    @Test(arguments: 1...4)
    func `a day on which everything goes wrong changes nothing`(seed: UInt64) async throws {
        var faults = FaultRates()
        faults.throttling = 0.05
        faults.stormLength = 2
        faults.stormWait = .seconds(1)
        faults.serverErrors = 0.1
        faults.dropsBefore = 0.05
        faults.dropsAfter = 0.15
        try await Self.withStore(.documents, faults: faults, seed: seed) { store in
            for _ in 0..<20 {
                let post = Self.post()
                let tag = try #require(try await store.create(post))
                let changed = post.changed(to: PostDraft(title: "New", content: ""), at: post.createdAt)
                let next = try #require(try await store.replace(changed, ifMatch: tag))
                #expect(try await store.post(post.id)?.post == changed)
                #expect(try await store.delete(post.id, ifMatch: next))
            }
            #expect(try await store.page(of: 10, after: nil).posts.isEmpty)
        }
    }

    @Test func `posts outlive the process`() async throws {
        try await IdempotencyTests.withFolder { folder in
            let post = Self.post()
            _ = try await SQLitePostStore(folder: folder).create(post)
            #expect(try await SQLitePostStore(folder: folder).post(post.id)?.post == post)
        }
    }
}
