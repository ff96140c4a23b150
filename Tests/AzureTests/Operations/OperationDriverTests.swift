import JSONText
import Settings
import TestInstruments
import Testing

@testable import Azure

@Suite(.timeLimit(.minutes(1))) struct OperationDriverTests {
    private static let put = AzureRequest(.put, .path("/x/one", apiVersion: "2024-01-01"), body: ["a": 1])

    /// A resource that is made in three looks at a signed address of four kilobytes.
    private static let making: @Sendable (ReceivedRequest) async -> Reply = { request in
        let signature = String(repeating: "s", count: 4_000)
        let status = "/operations/7?api-version=2023-01-01&s=\(Harness.canary)\(signature)"
        switch request.method + " " + request.path {
        case "PUT /x/one":
            return .json(
                201,
                #"{"properties": {"provisioningState": "Accepted"}}"#,
                [("Azure-AsyncOperation", status), ("Retry-After", "5")]
            )
        case "GET /operations/7": return .json(#"{"status": "\#(request.index < 3 ? "Running" : "Succeeded")"}"#)
        default: return .json(#"{"id": "/x/one", "properties": {"provisioningState": "Succeeded"}}"#)
        }
    }

    @Test func `an operation is followed to its result`() async throws {
        try await Harness.run(Self.making) { azure in
            let result = try await azure.client().perform(Self.put)
            #expect(result?["id"] == "/x/one")
            let paths = azure.server.requests.map { "\($0.method) \($0.path)" }
            #expect(
                paths == ["PUT /x/one", "GET /operations/7", "GET /operations/7", "GET /operations/7", "GET /x/one"]
            )
            #expect(azure.server.requests.last?.target == "/x/one?api-version=2024-01-01")
            #expect(azure.clock.sleeps == [.seconds(5), .milliseconds(2200), .milliseconds(2420), .zero])
        }
    }

    @Test func `another process takes an operation up`() async throws {
        try await Harness.run(Self.making) { azure in
            struct Killed: Error {}
            let kept = Shared<String?>(nil)
            var options = OperationOptions()
            options.onProgress = { operation in
                kept.withLock { $0 = operation.json?.text }
                throw Killed()
            }
            await #expect(throws: Killed.self) { try await azure.client().perform(Self.put, options: options) }
            #expect(azure.server.requests.count == 1)

            let document = try JSON(parsing: try #require(kept.withLock { $0 }))
            let operation = try #require(LongRunningOperation(json: document))
            #expect(try await azure.client().follow(operation)?["id"] == "/x/one")
            #expect(azure.server.requests.filter { $0.method == "PUT" }.count == 1)
        }
    }

    @Test func `an operation that does not end is left alone after its time`() async throws {
        let handler: @Sendable (ReceivedRequest) async -> Reply = { _ in
            .json(202, #"{"properties": {"provisioningState": "Progressing"}}"#, [("Retry-After", "30")])
        }
        try await Harness.run(handler) { azure in
            var options = OperationOptions()
            options.budget = .seconds(100)
            let error = try await azure.failure { try await azure.client().perform(Self.put, options: options) }
            #expect(error.reason == .unfinished(after: .seconds(100)))
            #expect("\(error)" == "not done after 100 s; it goes on in Azure, and can be taken up again [PUT /x/one]")
            #expect(azure.clock.elapsed == .seconds(90))
            #expect(azure.server.requests.allSatisfy { ["PUT", "GET"].contains($0.method) })
        }
    }

    @Test func `cancelling leaves the operation alone`() async throws {
        try await Harness.run(Self.making) { azure in
            let connection = AzureConnection(
                client: azure.httpClient,
                time: TimeSource(clock: azure.limitClock, limitClock: azure.limitClock),
                logger: azure.connection.logger
            )
            let client = AzureClient(
                cloud: try azure.cloud,
                tokens: TokenCache(FixedCredential(), connection: connection),
                connection: connection
            )
            await withTaskGroup { group in
                group.addTask {
                    await #expect(throws: CancellationError.self) { try await client.perform(Self.put) }
                }
                await azure.limitClock.waitForSleeper(of: .seconds(5))
                group.cancelAll()
            }
            #expect(azure.server.requests.map(\.method) == ["PUT"])
        }
    }

    @Test func `a server that is away for a while is waited for`() async throws {
        let handler: @Sendable (ReceivedRequest) async -> Reply = { request in
            switch request.index {
            case 0: .answer(202, [("Location", "/operations/7")])
            case 1..<40: request.index.isMultiple(of: 2) ? .hangUp : .answer(503)
            default: .json(#"{"id": 1}"#)
            }
        }
        try await Harness.run(handler) { azure in
            let result = try await azure.client().perform(Self.put)
            #expect(result == ["id": 1])
        }
    }

    @Test func `a failure in Azure names its cause, and no secret of the request`() async throws {
        let handler: @Sendable (ReceivedRequest) async -> Reply = { request in
            guard request.index > 0 else { return .answer(201, [("Azure-AsyncOperation", "/operations/7")]) }
            let error = #"{"code": "BadPassword", "message": "\#(Harness.canary)-password is weak"}"#
            return .json(#"{"status": "Failed", "error": {"code": "Outer", "details": [\#(error)]}}"#)
        }
        try await Harness.run(handler) { azure in
            var request = Self.put
            request.secrets = [SecretValue("\(Harness.canary)-password")]
            let secretive = request
            let error = try await azure.failure { try await azure.client().perform(secretive) }
            #expect(error.serviceError?.innermost == ServiceError(code: "BadPassword", message: "<secret> is weak"))
            #expect("\(error)".hasPrefix("BadPassword: <secret> is weak (within Outer) [GET /operations/7"))
        }
    }
}
