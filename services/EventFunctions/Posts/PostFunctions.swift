import Contracts
import Events
import FunctionHost
import HTTPTypes
import Hummingbird
import JSONText
import Logging
import ServiceKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `/api/posts`: everybody who is signed in may read all posts and write some; only the author may change one.
struct PostFunctions: Sendable {
    let posts: any PostStore
    let idempotency: any IdempotencyStore
    let now: @Sendable () -> Date

    init(
        posts: any PostStore,
        idempotency: any IdempotencyStore,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.posts = posts
        self.idempotency = idempotency
        self.now = now
    }

    var all: [HostedFunction] {
        [
            .http(EventSettings.listPosts) { try await answer($0, $1, list) },
            .http(EventSettings.createPost) { try await answer($0, $1, create) },
            .http(EventSettings.readPost) { try await answer($0, $1, read) },
            .http(EventSettings.replacePost) { try await answer($0, $1, replace) },
            .http(EventSettings.deletePost) { try await answer($0, $1, delete) },
        ]
    }

    /// Who asks for what.
    struct Call: Sendable {
        let request: Request
        let user: String
        /// The id in the address; `nil` where there is none, or none that a post can have.
        let id: String?
    }

    private func answer(
        _ request: Request,
        _ context: ServiceContext,
        _ handle: @Sendable (Call) async throws -> Response
    ) async throws -> Response {
        guard let user = context.user else {
            throw APIError(.unauthorized, code: "unauthorized", message: "Posts are for users who are signed in.")
        }
        let id = context.parameters.get("id").flatMap { RandomIdentifier.isSound($0) ? $0 : nil }
        return try await context.withStores { try await handle(Call(request: request, user: user, id: id)) }
    }

    // MARK: Reading

    @Sendable private func list(_ call: Call) async throws -> Response {
        let query = try PostQuery(call.request)
        do {
            let page = try await posts.page(of: query.limit, after: query.start)
            let next = page.next.map { JSON.string(PostContinuation.encode($0)) }
            return .json(.compact(["posts": .array(page.posts.map(\.json)), "continuation": next]))
        } catch PostStoreError.unknownContinuation {
            throw PostQuery.invalid([PostQuery.unknownContinuation])
        }
    }

    @Sendable private func read(_ call: Call) async throws -> Response {
        let found = try await found(call)
        if let header = call.request.headers[.ifNoneMatch], EntityTags(header)?.include(found.tag) ?? false {
            return Response(status: .notModified, headers: Self.headers(found))
        }
        return Self.response(.ok, found)
    }

    func found(_ call: Call) async throws -> StoredPost {
        guard let id = call.id, let found = try await posts.post(id) else {
            throw APIError(.notFound, code: "not_found", message: "There is no such post.")
        }
        return found
    }

    static func response(_ status: HTTPResponse.Status, _ stored: StoredPost) -> Response {
        .json(stored.post.json, status: status, headers: headers(stored))
    }

    private static func headers(_ stored: StoredPost) -> HTTPFields {
        [.eTag: stored.tag, .cacheControl: "private, no-cache"]
    }
}

/// Which page of posts somebody wants.
struct PostQuery: Sendable, Hashable {
    static let limits = 1...100
    private static let usualLimit = 20

    let limit: Int
    let start: String?

    /// Reads `?limit=&continuation=`.
    ///
    /// - Throws: ``APIError`` with status 400 and all problems.
    init(_ request: Request) throws(APIError) {
        let fields = request.uri.queryParameters
        var problems: [APIError.Detail] = []
        let limit = fields.get("limit").map { Int($0) } ?? Self.usualLimit
        if limit.map(Self.limits.contains) != true {
            problems.append(.init(field: "limit", problem: "must be a number from 1 to \(Self.limits.upperBound)"))
        }
        let start = fields.get("continuation").map { PostContinuation.decode($0) }
        if case .some(.none) = start { problems.append(Self.unknownContinuation) }
        guard let limit, problems.isEmpty else { throw Self.invalid(problems) }
        self.limit = limit
        self.start = start ?? nil
    }

    static let unknownContinuation = APIError.Detail(
        field: "continuation",
        problem: "must be what a page before has given"
    )

    static func invalid(_ problems: [APIError.Detail]) -> APIError {
        APIError(
            .badRequest,
            code: "invalid_query",
            message: "The query has \(problems.count == 1 ? "a problem" : "\(problems.count) problems").",
            details: problems
        )
    }
}
