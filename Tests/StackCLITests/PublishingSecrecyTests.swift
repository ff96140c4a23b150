import AsyncHTTPClient
import Azure
import Deployment
import FakeUpstream
import Foundation
import JSONText
import Logging
import NIOHTTP1
import Packaging
import SampleStacks
import Settings
import StackGraph
import SystemPackage
import TestInstruments
import Testing
import ValidatorTools

@testable import StackCLI

/// What the service that takes packages has seen, and nobody else may.
struct PublishingSecrecyTests {
    /// Gives a new token each time.
    private final class Numbered: TokenCredential {
        private let count = Shared(0)

        func token(for scope: TokenScope) async throws -> AccessToken {
            let number = count.withLock { count in
                count += 1
                return count
            }
            return AccessToken(value: SecretValue("canary-token-\(number)"), expiresAt: .distantFuture)
        }
    }

    /// What the service answers to the package, to the question how far it is, and to that for its log.
    struct Case: Sendable {
        var reception = HTTPResponseStatus.accepted
        var id = #""1f2e""#
        var state = HTTPResponseStatus.ok
        var report = #"{"id":"1f2e","status":4}"#
    }

    private static let cases: [Case] = [
        Case(reception: .badRequest), Case(reception: .unauthorized), Case(reception: .forbidden),
        Case(reception: .payloadTooLarge), Case(reception: .internalServerError), Case(reception: .tooManyRequests),
        Case(reception: .notFound), Case(state: .forbidden), Case(state: .unauthorized), Case(state: .conflict),
        Case(state: .internalServerError), Case(state: .notFound), Case(report: #"{"id":"1f2e","status":3}"#),
        Case(report: #"{"id":"1f2e","status":-1}"#), Case(report: "ECHO is no JSON"),
        Case(report: #"{"status":"ECHO"}"#), Case(id: "ECHO", report: ""),
        Case(id: #""ECHO""#, report: "ECHO"), Case(report: #"{"id":"ECHO","status":3}"#),
    ]

    @Test func `a service that repeats all it was shown makes nobody else repeat it`() async throws {
        let told = Shared<[String]>([])
        try await Validators.withFolder(of: [("package.zip", "not looked into")]) { folder in
            let package = try PackageFile(at: FilePath("\(folder)/package.zip"))
            for one in Self.cases {
                do {
                    try await Self.publish(package, against: one, told)
                    Issue.record("\(one): it was published")
                } catch {
                    var dumped = ""
                    dump(error, to: &dumped)
                    let failure = Failure(error)
                    #expect(failure.lines.first?.isEmpty == false && failure.lines.count <= 8)
                    told.withLock { $0 += ["\(error)", String(reflecting: error), dumped, "\(failure)"] }
                }
            }
        }
        let words = told.withLock { $0 }
        let leaks = words.filter { $0.contains("canary") }
        #expect(leaks.isEmpty, "\(leaks.count): \(leaks.first ?? "")")
        // What was repeated to us is told without the secrets, and not left out.
        for mark in ["is refused: <secret>", "does not take the package: <secret>", "line of a log: <secret>"] {
            let isSaid = words.contains { $0.contains(mark) }
            #expect(isSaid, "\(mark)")
        }
    }

    private static func publish(_ package: PackageFile, against one: Case, _ told: Shared<[String]>) async throws {
        try await FakeUpstream.run { upstream in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await serve(one, on: upstream) }
                defer { group.cancelAll() }
                let client = HTTPClient(configuration: .azure)
                do {
                    try await publish(package, by: client, to: upstream.port, told)
                    try await client.shutdown()
                } catch {
                    try? await client.shutdown()
                    throw error
                }
            }
        }
    }

    private static func publish(
        _ package: PackageFile,
        by client: HTTPClient,
        to port: Int,
        _ told: Shared<[String]>
    ) async throws {
        var logger = Logger(label: "tests") { _ in JournalLogHandler(journal: told) }
        logger.logLevel = .trace
        let connection = AzureConnection(
            client: client,
            time: TimeSource(clock: InstantClock()),
            random: RandomSource(SeededGenerator(seed: 1)),
            logger: logger
        ) { event in
            told.withLock { $0.append("\(event)") }
        }
        let session = try await AzureSession(
            at: AzurePlace(subscription: "00000000-0000-4000-8000-000000000001", resourceGroup: "stack", location: nil),
            cloud: .single(at: try #require(WebAddress("http://127.0.0.1:\(port)"))),
            tokens: TokenCache(Numbered(), connection: connection),
            connection: connection
        )
        let site = "\(session.group)/providers/Microsoft.Web/sites/functions-1"
        let publisher = try Publisher(
            to: try app(),
            try #require(ResourceIdentifier(site)),
            [
                "properties": [
                    "defaultHostName": "functions-1.example",
                    "hostNameSslStates": [["hostType": "Repository", "name": "functions-1.scm.example"]],
                ]
            ],
            in: session
        )
        _ = try await publisher.publish(package) { event in
            told.withLock { $0.append(PublishingWords.sentence(for: event, of: "functions")) }
        }
    }

    private static func app() throws -> FunctionAppNode {
        let apps = try SampleStacks.complete().nodes.compactMap { node -> FunctionAppNode? in
            if case .functionApp(let app) = node.kind { app } else { nil }
        }
        return try #require(apps.first)
    }

    /// Answers as the case says, and puts what it was shown in the place of `ECHO`.
    private static func serve(_ one: Case, on upstream: FakeUpstream) async throws {
        var seen: Set<String> = []
        while true {
            let call = try await upstream.nextCall()
            seen.formUnion(call.head.headers["Authorization"].map { String($0.dropFirst("Bearer ".count)) })
            let (status, text) = answer(to: call.head, one)
            // The app itself is never shown a token.
            let isShown = call.head.headers.contains(name: "Authorization")
            let words = isShown ? seen.sorted().joined(separator: " ") : ""
            try await call.refuse(
                status,
                headers: ["x-ms-request-id": words, "x-ms-correlation-request-id": words, "Retry-After": "1"],
                body: text.replacing("ECHO", with: words)
            )
        }
    }

    private static func answer(to head: HTTPRequestHead, _ one: Case) -> (HTTPResponseStatus, String) {
        let path = head.uri.prefix { $0 != "?" }
        let refusal = #"{"Message":"ECHO"}"#
        if path.hasSuffix("/api/publish") {
            return (one.reception, one.reception == .accepted ? one.id : refusal)
        }
        if path.hasSuffix("/log") { return (.ok, #"[{"message":"line of a log: ECHO"}]"#) }
        if path.contains("/api/deployments/") { return (one.state, one.state == .ok ? one.report : refusal) }
        if path.lowercased().contains("/resourcegroups/") { return (.ok, #"{"location":"westeurope","tags":{}}"#) }
        if path.hasPrefix("/subscriptions/") {
            return (.ok, #"{"subscriptionId":"00000000-0000-4000-8000-000000000001","tenantId":"t","state":"Enabled"}"#)
        }
        // The app itself, which never starts.
        return (.serviceUnavailable, "")
    }
}
