import AsyncHTTPClient
import Azure
import JSONText
import NIOCore
import NIOHTTP1
import Settings

/// GitHub's REST interface, as far as workflows and their set-up need it.
///
/// Source: docs.github.com/rest/using-the-rest-api/getting-started-with-the-rest-api
struct GitHubClient: Sendable {
    /// More than a page of comments, each as long as it may be.
    private static let answerLimit = 32 << 20
    private static let patience = Duration.seconds(30)
    private static let tries = 5
    /// GitHub asks for a minute after its secondary limits.
    private static let longestWait = Duration.seconds(90)

    private let server: WebAddress
    private let token: SecretValue?
    private let client: HTTPClient
    private let clock: any Clock<Duration>

    /// Describes the server that the environment names.
    ///
    /// - Parameters:
    ///   - environment: `GITHUB_API_URL`, and the token in `GITHUB_TOKEN` or `GH_TOKEN`.
    ///   - client: Follows no redirects; whoever made it shuts it down.
    ///   - clock: Measures pauses.
    /// - Throws: ``Failure`` where the address is none, or could be overheard.
    init(
        _ environment: UserEnvironment,
        client: HTTPClient,
        clock: any Clock<Duration> = ContinuousClock()
    ) throws(Failure) {
        let address = environment.value(for: "GITHUB_API_URL") ?? "https://api.github.com"
        guard let server = WebAddress(address), server.isConfidential else {
            throw Failure("GITHUB_API_URL is no address that a token may be sent to.", code: Failure.configuration)
        }
        self.server = server
        let token = environment.value(for: "GITHUB_TOKEN") ?? environment.value(for: "GH_TOKEN")
        self.token = token.map { SecretValue($0) }
        self.client = client
        self.clock = clock
    }

    var hasToken: Bool { token != nil }

    /// Does something that is asked of GitHub, from its beginning again while that may help.
    ///
    /// - Parameter body: What to do; whatever it did when it failed, it must find when it begins again.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws last.
    func patiently<Result>(_ body: () async throws -> Result) async throws -> Result {
        var pause = Duration.seconds(1)
        for _ in 1..<Self.tries {
            do {
                return try await body()
            } catch let error as GitHubError where error.isPassing {
                let wait = max(pause, error.askedWait ?? .zero)
                guard wait <= Self.longestWait else { throw error }
                try await clock.sleep(for: wait)
                pause *= 2
            }
        }
        return try await body()
    }

    /// Sends a request once.
    ///
    /// - Parameters:
    ///   - method: What to do.
    ///   - path: The path below the server's address, percent-encoded.
    ///   - query: Fields of the query.
    ///   - body: The document to send.
    /// - Returns: The document of the answer; `nil` where it has none.
    /// - Throws: ``GitHubError``, `CancellationError`.
    func send(
        _ method: HTTPMethod,
        _ path: String,
        query: [(name: String, value: String)] = [],
        _ body: JSON? = nil
    ) async throws -> JSON? {
        let request = "\(method.rawValue) \(path)"
        let (response, bytes) = try await exchange(message(method, path, query, body), as: request)
        let document = try? JSON(parsing: bytes)
        guard (200..<300).contains(response.status.code) else {
            throw GitHubError.refused(
                status: Int(response.status.code),
                message: document?["message"]?.string ?? response.status.reasonPhrase,
                request: request,
                wait: Self.wait(response)
            )
        }
        guard document != nil || bytes.isEmpty else { throw GitHubError.unreadable(request: request) }
        return document
    }

    private func message(
        _ method: HTTPMethod,
        _ path: String,
        _ query: [(name: String, value: String)],
        _ body: JSON?
    ) -> HTTPClientRequest {
        var message = HTTPClientRequest(url: server.appending(path: path, query: query).text)
        message.method = method
        message.headers = [
            "Accept": "application/vnd.github+json", "User-Agent": "slipway", "X-GitHub-Api-Version": "2022-11-28",
        ]
        if let token { message.headers.add(name: "Authorization", value: "Bearer \(token.unsafeRevealed)") }
        if let body {
            message.headers.add(name: "Content-Type", value: "application/json")
            message.body = .bytes(ByteBuffer(bytes: body.bytes))
        }
        return message
    }

    private func exchange(
        _ message: HTTPClientRequest,
        as request: String
    ) async throws -> (HTTPClientResponse, [UInt8]) {
        do {
            let response = try await client.execute(message, timeout: .init(Self.patience))
            let body = try await response.body.collect(upTo: Self.answerLimit)
            return (response, Array(body.readableBytesView))
        } catch let error as CancellationError {
            throw error
        } catch is NIOTooManyBytesError {
            throw GitHubError.unreadable(request: request)
        } catch {
            try Task.checkCancellation()
            throw GitHubError.unreachable(request: request, reason: "\(error)")
        }
    }

    /// How long GitHub wants to be left alone; only then is a 403 about haste.
    private static func wait(_ response: HTTPClientResponse) -> Duration? {
        response.headers.first(name: "retry-after").flatMap { Int($0) }.map { .seconds(max($0, 0)) }
    }
}

extension GitHubClient {
    /// Makes a client for as long as a body needs it.
    static func with<Result: Sendable>(
        _ environment: UserEnvironment,
        _ body: (GitHubClient) async throws -> Result
    ) async throws -> Result {
        let client = HTTPClient(configuration: .azure)
        do {
            let result = try await body(try GitHubClient(environment, client: client))
            try await client.shutdown()
            return result
        } catch {
            try? await client.shutdown()
            throw error
        }
    }
}

/// A repository, as `owner/name`.
struct GitHubRepository: Sendable, Hashable {
    let owner: String
    let name: String

    /// Reads `owner/name`; `nil` where it is none.
    ///
    /// Source: github.com/orgs/community/discussions/23432 for the letters of names, which are in no reference.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let isSound = parts.allSatisfy { part in
            !part.isEmpty && part != "." && part != ".."
                && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        }
        guard parts.count == 2, isSound else { return nil }
        self.owner = String(parts[0])
        self.name = String(parts[1])
    }

    var text: String { "\(owner)/\(name)" }
    var path: String { "/repos/\(owner)/\(name)" }
}
