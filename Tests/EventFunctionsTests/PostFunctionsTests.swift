import Contracts
import Events
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JSONText
import ServiceKit
import TestInstruments
import Testing

@testable import EventFunctions
@testable import FunctionHost

/// Posts as clients see them, on the store of a machine.
struct PostFunctionsTests {
    /// What a client sees of an answer.
    struct Answer {
        let status: Int
        let headers: HTTPFields
        let json: JSON?

        var tag: String { headers[.eTag] ?? "" }
        var code: String? { json?["error"]?["code"]?.string }
        var fields: [String]? { json?["error"]?["details"]?.array?.compactMap { $0["field"]?.string } }
    }

    struct Client {
        let client: any TestClientProtocol

        func callAsFunction(
            _ method: HTTPRequest.Method,
            _ path: String = "/posts",
            _ body: String? = nil,
            as user: String = "ada",
            headers: HTTPFields = [:]
        ) async throws -> Answer {
            var headers = headers
            headers[.authorization] = user
            if body != nil, headers[.contentType] == nil { headers[.contentType] = "application/json" }
            return try await client.execute(
                uri: path,
                method: method,
                headers: headers,
                body: body.map { ByteBuffer(string: $0) }
            ) { response in
                let bytes = Array(response.body.readableBytesView)
                return Answer(
                    status: response.status.code,
                    headers: response.headers,
                    json: bytes.isEmpty ? JSON?.none : try JSON(parsing: bytes)
                )
            }
        }

        func post(_ body: String = good, as user: String = "ada", key: String? = nil) async throws -> Answer {
            var headers = HTTPFields()
            headers[.idempotencyKey] = key
            return try await self(.post, "/posts", body, as: user, headers: headers)
        }
    }

    static let good = #"{"title":"Hello","content":"World"}"#

    private static func serving(_ test: @escaping @Sendable (Client, InstantClock) async throws -> Void) async throws {
        let clock = InstantClock()
        let functions = PostFunctions(
            posts: try SQLitePostStore(folder: nil),
            idempotency: try SQLiteIdempotencyStore(folder: nil, now: { clock.date }),
            now: { clock.date }
        )
        let server = WebServer(identity: App.identity, host: "127.0.0.1", port: 0, logger: .silent) { router in
            for function in functions.all {
                guard case .http(let declaration, let handler) = function.trigger else { continue }
                router.on(declaration.path, method: declaration.httpMethod) { request, context in
                    var context = context
                    context.user = request.headers[.authorization].flatMap { $0.isEmpty ? nil : $0 }
                    return try await handler(request, context)
                }
            }
        }
        try await server.application.test(.router) { try await test(Client(client: $0), clock) }
    }

    @Test func `a post is made, read, changed by its author and removed`() async throws {
        try await Self.serving { client, clock async throws in
            let made = try await client.post(#"{"title":"Hello","content":"World","authorID":"eve","id":"1","x":[1]}"#)
            let id = made.json?["id"]?.string ?? ""
            #expect(made.status == 201)
            #expect(made.headers[.location] == "/api/posts/\(id)")
            #expect(made.json?["authorID"] == "ada")
            #expect(made.json?["createdAt"] == "2026-01-01T00:00:00.000Z")
            #expect(
                made.json?.members?.map(\.name) == ["id", "title", "content", "authorID", "createdAt", "updatedAt"]
            )

            let read = try await client(.get, "/posts/\(id)", as: "grace")
            #expect(read.status == 200)
            #expect(read.json == made.json)
            #expect(read.tag == made.tag && !made.tag.isEmpty)

            clock.advance(by: .seconds(1))
            let changed = try await client(
                .put,
                "/posts/\(id)",
                #"{"title":"Bye","content":""}"#,
                headers: [.ifMatch: read.tag]
            )
            #expect(changed.status == 200)
            #expect(changed.json?["title"] == "Bye")
            #expect(changed.json?["createdAt"] == "2026-01-01T00:00:00.000Z")
            #expect(changed.json?["updatedAt"] == "2026-01-01T00:00:01.000Z")
            #expect(changed.tag != read.tag)
            #expect(try await client(.get, "/posts/\(id)").json == changed.json)

            #expect(try await client(.delete, "/posts/\(id)").status == 204)
            #expect(try await client(.get, "/posts/\(id)").status == 404)
            #expect(try await client(.delete, "/posts/\(id)").status == 404)
        }
    }

    @Test func `only its author may change a post`() async throws {
        try await Self.serving { client, _ async throws in
            let made = try await client.post()
            let path = made.headers[.location].map { String($0.dropFirst("/api".count)) } ?? ""
            let replaced = try await client(.put, path, Self.good, as: "eve", headers: [.ifMatch: made.tag])
            #expect(replaced.status == 403 && replaced.code == "not_the_author")
            #expect(try await client(.delete, path, as: "eve").status == 403)
            #expect(try await client(.get, path).json == made.json)
        }
    }

    @Test func `nobody reads or writes without a name`() async throws {
        try await Self.serving { client, _ async throws in
            #expect(try await client.post(as: "").status == 401)
            #expect(try await client(.get, as: "").status == 401)
            #expect(try await client(.get, "/posts/0123456789abcdef0123456789abcdef", as: "").status == 401)
        }
    }

    @Test func `a change is for the state that its author has seen`() async throws {
        try await Self.serving { client, _ async throws in
            let made = try await client.post()
            let path = "/posts/\(made.json?["id"]?.string ?? "")"
            func put(_ condition: String?) async throws -> Answer {
                var headers = HTTPFields()
                headers[.ifMatch] = condition
                return try await client(.put, path, Self.good, headers: headers)
            }
            #expect(try await put(nil).status == 428)
            #expect(try await put("\"other\"").status == 412)
            #expect(try await put("W/\(made.tag)").status == 412)
            #expect(try await put("other").status == 400)
            #expect(try await put("\"other\", \(made.tag)").status == 200)
            #expect(try await put(made.tag).status == 412)
            #expect(try await put("*").status == 200)
            #expect(try await client(.delete, path, headers: [.ifMatch: made.tag]).status == 412)
            #expect(try await client(.delete, path, headers: [.ifMatch: "x"]).status == 400)
            let current = try await client(.get, path).tag
            #expect(try await client(.delete, path, headers: [.ifMatch: current]).status == 204)
        }
    }

    @Test func `who has a post is not sent it again`() async throws {
        try await Self.serving { client, _ async throws in
            let made = try await client.post()
            let path = "/posts/\(made.json?["id"]?.string ?? "")"
            for condition in [made.tag, "W/\(made.tag)", "\"other\", \(made.tag)", "*"] {
                let answer = try await client(.get, path, headers: [.ifNoneMatch: condition])
                #expect(answer.status == 304)
                #expect(answer.json == nil)
                #expect(answer.tag == made.tag)
            }
            #expect(try await client(.get, path, headers: [.ifNoneMatch: "\"other\""]).status == 200)
        }
    }

    @Test func `pages lead through all posts`() async throws {
        try await Self.serving { client, _ async throws in
            var made: Set<String> = []
            for number in 0..<7 {
                let body = #"{"title":"\#(number)","content":""}"#
                made.insert(try await client.post(body).json?["id"]?.string ?? "")
            }
            var found: [String] = []
            var path: String? = "/posts?limit=3"
            while let next = path {
                let page = try await client(.get, next)
                #expect(page.status == 200)
                found += page.json?["posts"]?.array?.compactMap { $0["id"]?.string } ?? []
                path = page.json?["continuation"]?.string.map { "/posts?limit=3&continuation=\($0)" }
            }
            #expect(found.count == 7)
            #expect(Set(found) == made)
        }
    }

    @Test(arguments: [
        ("limit=0", ["limit"]), ("limit=101", ["limit"]), ("limit=x", ["limit"]), ("continuation=", ["continuation"]),
        ("continuation=%25%25", ["continuation"]), ("continuation=bm9uc2Vuc2U", ["continuation"]),
        ("limit=x&continuation=!", ["limit", "continuation"]), ("continuation=_w", ["continuation"]),
    ])
    func `a bad query is refused with all its problems`(query: String, fields: [String]) async throws {
        try await Self.serving { client, _ async throws in
            let answer = try await client(.get, "/posts?\(query)")
            #expect(answer.status == 400)
            #expect(answer.fields == fields)
        }
    }

    @Test(arguments: [
        ("[]", 400, [""]), ("{}", 400, ["title", "content"]),
        (#"{"title":1,"content":null}"#, 400, ["title", "content"]),
        (#"{"title":"  ","content":""}"#, 400, ["title"]),
        (#"{"title":"a\nb","content":"\u0000"}"#, 400, ["title", "content"]),
        (#"{"title":"\#(String(repeating: "é", count: 201))","content":""}"#, 400, ["title"]),
        (#"{"title":"t","content":"\#(String(repeating: "a", count: 128 * 1024 + 1))"}"#, 400, ["content"]),
    ])
    func `a bad post is refused with all its problems`(body: String, status: Int, fields: [String]) async throws {
        try await Self.serving { client, _ async throws in
            let answer = try await client.post(body)
            #expect(answer.status == status)
            #expect(answer.fields == fields)
            #expect(try await client(.get).json?["posts"]?.array?.isEmpty == true)
        }
    }

    @Test func `other bodies are refused before they are read`() async throws {
        try await Self.serving { client, _ async throws in
            #expect(try await client.post("{").status == 400)
            #expect(try await client.post(String(repeating: " ", count: PostDraft.sizeLimit + 1)).status == 413)
            #expect(try await client(.post, "/posts", Self.good, headers: [.contentType: "text/plain"]).status == 415)
            let longest = #"{"title":"t","content":"\#(String(repeating: #"\u0061"#, count: 128 * 1024))"}"#
            #expect(try await client.post(longest).status == 201)
        }
    }

    @Test(arguments: [
        "1", "0123456789ABCDEF0123456789ABCDEF", "..%2F..%2Fdbs", "%00", "ffffffffffffffffffffffffffffffff",
    ])
    func `an id that no post has is not found`(id: String) async throws {
        try await Self.serving { client, _ async throws in
            #expect(try await client(.get, "/posts/\(id)").status == 404)
            #expect(try await client(.put, "/posts/\(id)", Self.good, headers: [.ifMatch: "*"]).status == 404)
        }
    }

    @Test func `one key makes one post, for one user and one text`() async throws {
        try await Self.serving { client, clock async throws in
            let first = try await client.post(key: "k")
            let again = try await client.post(key: "k")
            #expect(first.status == 201 && again.status == 201)
            #expect(again.json == first.json && again.tag == first.tag)
            #expect(try await client.post(as: "grace", key: "k").json?["id"] != first.json?["id"])
            let other = try await client.post(#"{"title":"Other","content":""}"#, key: "k")
            #expect(other.status == 422 && other.code == "idempotency_key_reused")
            #expect(try await client.post(key: "").status == 400)
            #expect(try await client.post(key: String(repeating: "k", count: 257)).status == 400)
            clock.advance(by: .seconds(24 * 3600))
            #expect(try await client.post(key: "k").json?["id"] != first.json?["id"])
            #expect(try await client(.get).json?["posts"]?.array?.count == 3)
        }
    }

    @Test func `equal requests at the same time make one post`() async throws {
        try await Self.serving { client, _ async throws in
            let ids = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<50 { group.addTask { try await client.post(key: "k").json?["id"]?.string } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(ids.count == 50)
            #expect(Set(ids).count == 1)
            #expect(try await client(.get).json?["posts"]?.array?.count == 1)
        }
    }

    @Test func `a store that fails is told to the caller, without what it said`() async throws {
        let functions = PostFunctions(posts: BrokenStore(), idempotency: try SQLiteIdempotencyStore(folder: nil))
        let server = WebServer(identity: App.identity, host: "127.0.0.1", port: 0, logger: .silent) { router in
            for function in functions.all {
                guard case .http(let declaration, let handler) = function.trigger else { continue }
                router.on(declaration.path, method: declaration.httpMethod) { request, context in
                    var context = context
                    context.user = "ada"
                    return try await handler(request, context)
                }
            }
        }
        try await server.application.test(.router) { client in
            let answer = try await Client(client: client)(.get, "/posts/ffffffffffffffffffffffffffffffff")
            #expect(answer.status == 503 && answer.code == "store_unavailable")
            #expect(answer.headers[.retryAfter] == "1")
            #expect(answer.json?.text.contains("canary") == false)
        }
    }

    @Test func `the contract names every function`() throws {
        let functions = PostFunctions(posts: BrokenStore(), idempotency: try SQLiteIdempotencyStore(folder: nil))
        #expect(functions.all.map(\.name) == ["ListPosts", "CreatePost", "ReadPost", "ReplacePost", "DeletePost"])
    }
}

private struct BrokenStore: PostStore {
    struct Failure: Error { let text = "canary" }

    func post(_ id: String) async throws -> StoredPost? { throw Failure() }
    func create(_ post: Post) async throws -> String? { throw Failure() }
    func replace(_ post: Post, ifMatch tag: String) async throws -> String? { throw Failure() }
    func delete(_ id: String, ifMatch tag: String) async throws -> Bool { throw Failure() }
    func page(of limit: Int, after start: String?) async throws -> PostPage { throw Failure() }
}
