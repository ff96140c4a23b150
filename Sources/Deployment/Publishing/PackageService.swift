import Azure
import JSONText
import Packaging

/// The service of a function app that takes packages, as its requests and answers are.
///
/// Sources: azure-cli `appservice/custom.py` (`upload_zip_to_functionapp`), azure-functions-core-tools
/// `PublishFunctionAppAction.cs`; learn.microsoft.com/azure/azure-functions/functions-deployment-technologies#one-deploy
struct PackageService: Sendable {
    /// What is told of one package.
    struct Report: Sendable, Hashable {
        let id: String
        /// Who sent it, as they said.
        let deployer: String
        let state: PublishingState
    }

    enum Reception: Sendable, Hashable {
        case accepted(id: String)
        /// Another package is on its way.
        case busy
        /// There is no such service, or not yet.
        case missing
    }

    /// The slowest line on which a package still arrives, in bytes a second.
    private static let slowestLine: Int64 = 64 << 10
    private static let shownLines = 5

    let app: String
    private let client: AzureClient
    private let server: WebAddress
    private let session: AzureSession

    init(of app: String, at server: WebAddress, in session: AzureSession) {
        self.app = app
        self.server = server
        self.session = session
        self.client = Self.client(of: server, in: session, RetryPolicy())
    }

    private static func client(of server: WebAddress, in session: AzureSession, _ policy: RetryPolicy) -> AzureClient {
        AzureClient(
            server: server,
            scope: session.cloud.scope(of: .websiteDeployment),
            tokens: session.tokens,
            connection: session.connection,
            policy: policy,
            correlationID: session.plane.client.correlationID
        )
    }

    /// How a package is signed, so that it is known again when the answer to it was lost.
    static func deployer(of package: PackageFile) -> String { "slipway-\(package.digest.prefix(16))" }

    /// Sends a package.
    ///
    /// The same package once more does no harm, so that it is sent again where the answer was lost.
    func send(_ package: PackageFile) async throws -> Reception {
        var policy = RetryPolicy()
        // Each try carries all of it.
        policy.tries = 8
        policy.answerLimit += .seconds(package.size / Self.slowestLine)
        policy.budget += policy.answerLimit * 2
        let query = [("RemoteBuild", "false"), ("Deployer", Self.deployer(of: package))]
        var request = AzureRequest(.post, .address(server.appending(path: "/api/publish", query: query)))
        request.file = FileContent(package.path, size: package.size, mediaType: "application/zip")
        request.isRepeatable = true
        let answer = try await Self.client(of: server, in: session, policy).answer(to: request)
        switch answer.status {
        case 200..<300:
            guard let id = try answer.json()?.string, Self.isSound(id, in: answer) else {
                return .accepted(id: Self.latest)
            }
            return .accepted(id: id)
        case 404: return .missing
        case 409: return .busy
        case 401, 403: throw PublishingError.forbidden(app: app, said: Self.words(of: answer))
        case 400, 405..<500: throw PublishingError.rejected(app: app, said: Self.words(of: answer))
        default:
            throw PublishingError.failed(
                app: app,
                .failed,
                log: [Self.words(of: answer)] + (try await log(of: Self.latest))
            )
        }
    }

    /// The id by which the newest package can be asked for.
    static let latest = "latest"

    /// What is told of a package; `nil` where nothing is known of it any more.
    func report(on id: String) async throws -> Report? {
        let address = server.appending(path: "/api/deployments/\(id)")
        let answer = try await client.answer(to: AzureRequest(.get, .address(address)))
        switch answer.status {
        case 200..<300: break
        case 404: return nil
        case 401, 403: throw PublishingError.forbidden(app: app, said: Self.words(of: answer))
        default: throw PublishingError.rejected(app: app, said: Self.words(of: answer))
        }
        guard let json = try answer.json(), let number = json["status"]?.integer,
            let state = PublishingState(rawValue: number)
        else { throw PublishingError.rejected(app: app, said: "the state of the package cannot be read") }
        let told = json["id"]?.string.flatMap { Self.isSound($0, in: answer) ? $0 : nil }
        return Report(id: told ?? id, deployer: json["deployer"]?.string ?? "", state: state)
    }

    /// The last lines of what the service wrote about a package; none where it cannot be had.
    func log(of id: String) async throws -> [String] {
        let address = server.appending(path: "/api/deployments/\(id)/log")
        do {
            let answer = try await client.send(AzureRequest(.get, .address(address)))
            let lines = (try answer.json()?.array ?? []).compactMap { $0["message"]?.string }
            return lines.filter { !$0.isEmpty }.suffix(Self.shownLines).map { answer.redacted($0) }
        } catch is AzureError {
            return []
        }
    }

    /// Whether an id can be part of an address, and is nothing secret that the service repeats.
    private static func isSound(_ id: String, in answer: AzureResponse) -> Bool {
        answer.redacted(id) == id && !id.isEmpty && id.utf8.count <= 100
            && id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    }

    /// What an answer says that is no success: a message, as JSON or as it is, and else its status.
    private static func words(of answer: AzureResponse) -> String {
        let json = try? answer.json()
        let said = json.flatMap { $0["Message"]?.string ?? $0["message"]?.string ?? $0.string }
        return answer.redacted(said ?? "HTTP \(answer.status)")
    }
}
