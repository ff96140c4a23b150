/// Keeps posts.
protocol PostStore: Sendable {
    /// The post with this id; `nil` where there is none.
    func post(_ id: String) async throws -> StoredPost?

    /// Adds a post.
    ///
    /// - Returns: Its tag; `nil` where there is one with its id.
    func create(_ post: Post) async throws -> String?

    /// Replaces a post that has this tag.
    ///
    /// - Returns: Its new tag; `nil` where it has another tag, or is not there any more.
    func replace(_ post: Post, ifMatch tag: String) async throws -> String?

    /// Removes a post that has this tag.
    ///
    /// - Returns: Whether it is gone; not where it has another tag.
    func delete(_ id: String, ifMatch tag: String) async throws -> Bool

    /// Some posts of all authors.
    ///
    /// Who follows the continuations meets every post that is there all the while exactly once. The order is the
    /// store's; a page may have fewer posts than asked for and still be followed by another.
    ///
    /// - Parameters:
    ///   - limit: How many at most.
    ///   - start: The continuation of the page before.
    /// - Returns: A page.
    /// - Throws: ``PostStoreError/unknownContinuation``.
    func page(of limit: Int, after start: String?) async throws -> PostPage
}

/// A post and the entity tag of its state, in quotes as headers have it.
///
/// Source: RFC 9110, section 8.8.3
struct StoredPost: Sendable, Hashable {
    let post: Post
    let tag: String
}

/// Some posts, and where the others begin.
struct PostPage: Sendable, Hashable {
    let posts: [Post]
    /// In the store's own words; `nil` on the last page.
    let next: String?
}

/// Why a store does not give a page.
enum PostStoreError: Error, Sendable, Hashable {
    /// It has never given such a continuation.
    case unknownContinuation
}
