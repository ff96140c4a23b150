import Events
import HTTPTypes
import Hummingbird
import ServiceKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension PostFunctions {
    /// How often a change that is for any state meets another one before it gives up.
    private static let roundLimit = 5

    @Sendable func create(_ call: Call) async throws -> Response {
        let key = try IdempotencyKey(of: call.request, for: .post)
        let draft = try await draft(call.request)
        let id = try await id(for: draft, key, by: call.user)
        let post = Post(id: id, draft, authorID: call.user, createdAt: Timestamp(now()))
        if let tag = try await posts.create(post) {
            return Self.created(StoredPost(post: post, tag: tag))
        }
        // A request with this key has made it before.
        return Self.created(try await found(Call(request: call.request, user: call.user, id: id)))
    }

    private static func created(_ stored: StoredPost) -> Response {
        var response = response(.created, stored)
        response.headers[.location] = "/api/posts/\(stored.post.id)"
        return response
    }

    /// The id that a post gets: the same for the same key.
    private func id(for draft: PostDraft, _ key: IdempotencyKey?, by user: String) async throws -> String {
        let candidate = RandomIdentifier.next()
        guard let key else { return candidate }
        let parts = ["POST /posts", draft.title, draft.content].map { Array($0.utf8) }
        let request = IdempotentRequest(
            user: user,
            key: key.text,
            fingerprint: IdempotentRequest.fingerprint(of: parts),
            candidate: candidate
        )
        let end = now().addingTimeInterval(IdempotentRequest.lifetime / .seconds(1))
        switch try await idempotency.remember(request, until: end) {
        case .new: return candidate
        case .known(let id): return id
        case .conflict:
            throw APIError(
                .unprocessableContent,
                code: "idempotency_key_reused",
                message: "Another request has had this Idempotency-Key."
            )
        }
    }

    /// Replaces a post.
    ///
    /// A condition is required: without one, nobody could see what somebody else has written.
    ///
    /// Source: RFC 6585, section 3
    @Sendable func replace(_ call: Call) async throws -> Response {
        let condition = try condition(call.request)
        let draft = try await draft(call.request)
        guard let condition else {
            throw APIError(
                .preconditionRequired,
                code: "precondition_required",
                message: "Send If-Match with the ETag of the post that you have read, or with * for any."
            )
        }
        return try await change(call, condition) { found in
            let post = found.post.changed(to: draft, at: Timestamp(now()))
            let tag = try await posts.replace(post, ifMatch: found.tag)
            return tag.map { Self.response(.ok, StoredPost(post: post, tag: $0)) }
        }
    }

    /// Removes a post; a condition is heeded, and not required.
    @Sendable func delete(_ call: Call) async throws -> Response {
        try await change(call, try condition(call.request) ?? .any) { found in
            try await posts.delete(found.post.id, ifMatch: found.tag) ? Response(status: .noContent) : nil
        }
    }

    /// Changes what is there, if it is the author's and still what the condition says.
    ///
    /// - Parameters:
    ///   - call: Who asks for what.
    ///   - condition: Of which state the change is.
    ///   - change: Does it; `nil` where the post has been changed since it was found.
    /// - Returns: The answer.
    /// - Throws: ``APIError`` with status 404, 403 or 412.
    private func change(
        _ call: Call,
        _ condition: EntityTags,
        _ change: (StoredPost) async throws -> Response?
    ) async throws -> Response {
        for _ in 0..<Self.roundLimit {
            let found = try await found(call)
            guard found.post.authorID == call.user else {
                throw APIError(.forbidden, code: "not_the_author", message: "Only its author may change a post.")
            }
            guard condition.allowChange(of: found.tag) else { throw Self.changedMeanwhile }
            if let response = try await change(found) { return response }
        }
        throw Self.changedMeanwhile
    }

    private static let changedMeanwhile = APIError(
        .preconditionFailed,
        code: "precondition_failed",
        message: "The post has been changed meanwhile. Read it again."
    )

    private func condition(_ request: Request) throws(APIError) -> EntityTags? {
        guard let header = request.headers[.ifMatch] else { return nil }
        guard let tags = EntityTags(header) else {
            throw APIError(
                .badRequest,
                code: "invalid_header",
                message: "If-Match must hold entity tags in quotes, or *."
            )
        }
        return tags
    }

    private func draft(_ request: Request) async throws -> PostDraft {
        let json = try await request.json(upTo: PostDraft.sizeLimit)
        do {
            return try PostDraft(json)
        } catch {
            throw APIError(
                .badRequest,
                code: "invalid_post",
                message:
                    "The post has \(error.problems.count == 1 ? "a problem" : "\(error.problems.count) problems").",
                details: error.problems.map { .init(field: $0.field, problem: $0.text) }
            )
        }
    }
}
