import Foundation
import JSONText
import NIOHTTP1
import Testing

@testable import Azure

/// The state machine, without a server.
struct OperationTests {
    private static let resource = "https://management.azure.com/subscriptions/s/x/one?api-version=2024-01-01"
    private static let status = "https://management.azure.com/status/1?api-version=2023-01-01&t=1&s=sig"
    private static let location = "https://westus.management.azure.com/result/1?api-version=2023-01-01"

    private func operation(
        _ method: AzureRequest.Method,
        _ status: Int,
        _ headers: HTTPHeaders = [:],
        _ body: String = "",
        finalState: FinalState = .standard
    ) throws -> LongRunningOperation {
        LongRunningOperation(
            request: method,
            at: try #require(WebAddress(Self.resource)),
            finalState: finalState,
            answered: answer(status, headers, body)
        )
    }

    private func answer(_ status: Int, _ headers: HTTPHeaders = [:], _ body: String = "") -> AzureResponse {
        let now = Date(timeIntervalSince1970: 784_111_777)
        return AzureResponse(
            status: status,
            headers: headers,
            body: Array(body.utf8),
            request: "GET x",
            receivedAt: now
        )
    }

    private func ask(_ address: String, after wait: Duration) throws -> LongRunningOperation.Step {
        .ask(try #require(WebAddress(address)), after: wait)
    }

    private func code(of operation: LongRunningOperation) -> String? {
        guard case .failed(let error) = operation.step else { return nil }
        return error.serviceError?.innermost.code
    }

    // MARK: First answers

    @Test(
        arguments: [
            (AzureRequest.Method.put, 200, #"{"id": 1}"#, #"{"id":1}"# as String?),
            (
                .put, 200, #"{"properties": {"provisioningState": "Succeeded"}}"#,
                #"{"properties":{"provisioningState":"Succeeded"}}"#
            ),
            (.put, 201, #"{"id": 1}"#, #"{"id":1}"#), (.patch, 200, "", nil), (.put, 204, "", nil),
            (.delete, 200, "", nil), (.delete, 204, "", nil), (.delete, 200, "<html>", nil),
            (.post, 200, #"{"keys": []}"#, #"{"keys":[]}"#), (.post, 204, "", nil), (.get, 200, "[]", "[]"),
        ]
    )
    func `an answer that is final is the end`(
        method: AzureRequest.Method,
        status: Int,
        body: String,
        result: String?
    ) throws {
        #expect(try operation(method, status, [:], body).step == .finished(try result.map { try JSON(parsing: $0) }))
    }

    @Test(
        arguments: [
            (AzureRequest.Method.put, 202, ""), (.put, 201, ""), (.patch, 202, #"{"id": 1}"#),
            (.put, 200, #"{"properties": {"provisioningState": "Creating"}}"#),
            (.put, 201, #"{"properties": {"provisioningState": "accepted"}}"#), (.put, 200, "<html>"),
            (.delete, 202, ""),
        ]
    )
    func `an answer that is not final leads to the resource`(
        method: AzureRequest.Method,
        status: Int,
        body: String
    ) throws {
        guard case .ask(let address, _) = try operation(method, status, [:], body).step else {
            Issue.record("it is over")
            return
        }
        #expect(address.text == Self.resource)
    }

    @Test(arguments: [200, 201, 202])
    func `a status document is preferred to a location, and a location to the resource`(code: Int) throws {
        let body = #"{"properties": {"provisioningState": "Accepted"}}"#
        let both: HTTPHeaders = ["location": Self.location, "azure-asyncoperation": Self.status]
        #expect(try operation(.put, code, both, body).step == ask(Self.status, after: .seconds(2)))
        #expect(
            try operation(.put, code, ["Location": Self.location], body).step == ask(Self.location, after: .seconds(2))
        )
        let other: HTTPHeaders = ["Location": Self.location, "Operation-Location": Self.status]
        #expect(try operation(.put, code, other, body).step == ask(Self.status, after: .seconds(2)))
    }

    @Test func `an operation nobody can ask about is an error`() throws {
        guard case .failed(let error) = try operation(.post, 202).step else {
            Issue.record("it goes on")
            return
        }
        #expect(error.reason == .unreadable("it names no address to ask"))
        #expect(try code(of: operation(.put, 203)) == "")
        #expect(try code(of: operation(.put, 409, [:], #"{"error": {"code": "Conflict"}}"#)) == "Conflict")
        guard case .failed = try operation(.post, 200, [:], "<html>").step else {
            Issue.record("it goes on")
            return
        }
    }

    @Test func `an address on another server is not followed`() throws {
        let evil: HTTPHeaders = ["Azure-AsyncOperation": "https://evil.example/1", "Location": "//evil.example/2"]
        #expect(try operation(.put, 202, evil).step == ask(Self.resource, after: .seconds(2)))
        #expect(try operation(.put, 200, ["Location": "https://chat.azurewebsites.net"], "{}").step == .finished([:]))
    }

    @Test func `a relative address is read at the resource, and gets its version`() throws {
        let relative: HTTPHeaders = ["Location": "/operations/7", "Retry-After": "1"]
        let expected = "https://management.azure.com/operations/7?api-version=2024-01-01"
        #expect(try operation(.delete, 202, relative).step == ask(expected, after: .seconds(1)))
    }

    @Test func `an address may have kilobytes`() throws {
        let long = Self.status + "&c=" + String(repeating: "M", count: 8_000)
        #expect(try operation(.put, 201, ["Azure-AsyncOperation": long]).step == ask(long, after: .seconds(2)))
    }

    // MARK: Waits

    @Test func `the wait that Azure names is kept, but for a moment`() throws {
        func wait(_ headers: HTTPHeaders) throws -> Duration? {
            var all = headers
            all.add(name: "Azure-AsyncOperation", value: Self.status)
            guard case .ask(_, let wait) = try operation(.put, 201, all).step else { return nil }
            return wait
        }
        #expect(try wait(["Retry-After": "17"]) == .seconds(17))
        #expect(try wait(["Retry-After": "0"]) == .milliseconds(100))
        #expect(try wait(["retry-after-ms": "250"]) == .milliseconds(250))
        #expect(try wait(["Retry-After": "Sun, 06 Nov 1994 08:49:47 GMT"]) == .seconds(10))
    }

    @Test func `without a word of Azure the waits grow to a limit`() throws {
        var operation = try operation(.put, 201, ["Azure-AsyncOperation": Self.status])
        var waits: [Duration] = []
        for _ in 0..<30 {
            guard case .ask(_, let wait) = operation.step else { break }
            waits.append(wait)
            operation.receive(answer(200, [:], #"{"status": "Running"}"#))
        }
        #expect(waits.prefix(3) == [.seconds(2), .milliseconds(2200), .milliseconds(2420)])
        #expect(waits.last == .seconds(10))
    }

    @Test func `without a word of Azure the end is seen late by two seconds and a tenth, and never by more than ten`() {
        let pace = PollingPace()
        var look = 0
        var moment = pace.wait(before: 0)
        for second in 1...5400 {
            let end = Duration.seconds(second)
            while moment < end {
                look += 1
                moment += pace.wait(before: look)
            }
            #expect(moment - end <= min(.seconds(2) + end / 10, .seconds(10)))
        }
        #expect(look < 600)
    }

    // MARK: Status documents

    @Test(arguments: ["Succeeded", "succeeded", "SUCCEEDED", "Completed"])
    func `success by any spelling leads to the resource once more`(word: String) throws {
        var operation = try operation(.put, 201, ["Azure-AsyncOperation": Self.status])
        operation.receive(answer(200, [:], #"{"status": "\#(word)"}"#))
        #expect(try operation.step == ask(Self.resource, after: .zero))
        operation.receive(answer(200, [:], #"{"id": 1, "properties": {"provisioningState": "Updating"}}"#))
        #expect(operation.step == .finished(["id": 1, "properties": ["provisioningState": "Updating"]]))
    }

    @Test(
        arguments: [
            "Accepted", "Active", "Creating", "Running", "InProgress", "Updating", "Provisioning", "Created", "", "Odd",
        ]
    )
    func `every other word means that it goes on`(word: String) throws {
        var operation = try operation(.put, 201, ["Azure-AsyncOperation": Self.status])
        operation.receive(answer(200, ["Retry-After": "4"], #"{"status": "\#(word)"}"#))
        #expect(try operation.step == ask(Self.status, after: .seconds(4)))
        operation.receive(answer(202))
        #expect(try operation.step == ask(Self.status, after: .milliseconds(2420)))
    }

    @Test(arguments: ["Failed", "failed", "Canceled", "Cancelled", "CANCELED"])
    func `failure by any spelling is an error with its cause`(word: String) throws {
        var operation = try operation(.put, 201, ["Azure-AsyncOperation": Self.status])
        operation.receive(answer(200, [:], #"{"status": "\#(word)", "error": {"code": "Cause", "message": "Why."}}"#))
        #expect(code(of: operation) == "Cause")
        operation.receive(answer(200, [:], #"{"status": "Succeeded"}"#))
        #expect(code(of: operation) == "Cause")
    }

    @Test func `failure without a cause has words`() throws {
        var operation = try operation(.delete, 202, ["Azure-AsyncOperation": Self.status])
        operation.receive(answer(200, [:], #"{"status": "Canceled"}"#))
        guard case .failed(let error) = operation.step else {
            Issue.record("it is not over")
            return
        }
        #expect("\(error)" == "the operation ended as Canceled [GET x answered 200]")
    }

    @Test func `a status document that says nothing leaves it to the resource`() throws {
        var operation = try operation(.put, 201, ["Azure-AsyncOperation": Self.status])
        operation.receive(answer(200))
        #expect(try operation.step == ask(Self.resource, after: .zero))
        operation.receive(answer(200, [:], #"{"properties": {"provisioningState": "Updating"}}"#))
        #expect(try operation.step == ask(Self.resource, after: .milliseconds(2200)))
        operation.receive(answer(200, [:], #"{"properties": {"provisioningState": "Failed", "error": {"code": "E"}}}"#))
        #expect(code(of: operation) == "E")
    }

    @Test func `the newest addresses count`() throws {
        var operation = try operation(.post, 202, ["Azure-AsyncOperation": Self.status, "Location": "/old"])
        let newer = "https://management.azure.com/status/2?api-version=1"
        operation.receive(
            answer(200, ["Azure-AsyncOperation": newer, "Location": Self.location], #"{"status": "Running"}"#)
        )
        #expect(try operation.step == ask(newer, after: .milliseconds(2200)))
        operation.receive(answer(200, [:], #"{"status": "Succeeded"}"#))
        #expect(try operation.step == ask(Self.location, after: .zero))
        operation.receive(answer(200, [:], #"{"result": 1}"#))
        #expect(operation.step == .finished(["result": 1]))
    }

    // MARK: Results

    @Test(
        arguments: [
            (FinalState.standard, location as String?), (.location, location), (.asyncOperation, nil),
            (.originalURI, nil),
        ]
    )
    func `the result of an action is where its contract says`(finalState: FinalState, address: String?) throws {
        let headers: HTTPHeaders = ["Azure-AsyncOperation": Self.status, "Location": Self.location]
        var operation = try operation(.post, 202, headers, finalState: finalState)
        operation.receive(answer(200, [:], #"{"status": "Succeeded", "properties": {"a": 1}}"#))
        let own = LongRunningOperation.Step.finished(["status": "Succeeded", "properties": ["a": 1]])
        #expect(try operation.step == address.map { try ask($0, after: .zero) } ?? own)
    }

    @Test func `a location answers 202 until it is done`() throws {
        var operation = try operation(.post, 202, ["Location": Self.location, "Retry-After": "5"])
        operation.receive(answer(202, ["Retry-After": "5", "Location": "/next"], #"{"status": "InProgress"}"#))
        let next = "https://management.azure.com/next?api-version=2024-01-01"
        #expect(try operation.step == ask(next, after: .seconds(5)))
        operation.receive(answer(200, [:], #"{"value": 1}"#))
        #expect(operation.step == .finished(["value": 1]))
    }

    @Test func `a location of a PUT leads back to the resource`() throws {
        var operation = try operation(.put, 202, ["Location": Self.location])
        operation.receive(answer(204))
        #expect(try operation.step == ask(Self.resource, after: .zero))
        operation.receive(answer(404))
        #expect(try operation.step == ask(Self.resource, after: .seconds(3)))
        operation.receive(answer(200, [:], #"{"id": 1}"#))
        #expect(operation.step == .finished(["id": 1]))
    }

    @Test func `a PUT whose result is at its location goes there first`() throws {
        let headers: HTTPHeaders = ["Azure-AsyncOperation": Self.status, "Location": Self.location]
        var operation = try operation(.put, 202, headers, finalState: .location)
        operation.receive(answer(200, [:], #"{"status": "Succeeded"}"#))
        #expect(try operation.step == ask(Self.location, after: .zero))
        operation.receive(answer(200))
        #expect(try operation.step == ask(Self.resource, after: .zero))
    }

    // MARK: The resource

    @Test func `a resource is watched until it says that it is done`() throws {
        var operation = try operation(.put, 201, [:], #"{"properties": {"provisioningState": "Creating"}}"#)
        operation.receive(answer(404))
        operation.receive(answer(200, [:], #"{"properties": {"provisioningState": "Running"}}"#))
        operation.receive(answer(200, [:], #"{"properties": {"provisioningState": "Succeeded"}}"#))
        #expect(operation.step == .finished(["properties": ["provisioningState": "Succeeded"]]))
    }

    @Test func `a resource that is being deleted is watched until it is gone`() throws {
        var operation = try operation(.delete, 202)
        operation.receive(answer(200, [:], #"{"properties": {"provisioningState": "Failed"}}"#))
        #expect(try operation.step == ask(Self.resource, after: .milliseconds(2200)))
        operation.receive(answer(404, [:], #"{"error": {"code": "ResourceNotFound"}}"#))
        #expect(operation.step == .finished(nil))
    }

    @Test(arguments: [404, 410])
    func `progress of a deletion that is gone is checked at the resource`(code: Int) throws {
        for header in ["Azure-AsyncOperation", "Location"] {
            var operation = try operation(.delete, 202, [header: Self.status])
            operation.receive(answer(code))
            #expect(try operation.step == ask(Self.resource, after: .zero))
            operation.receive(answer(code))
            #expect(operation.step == .finished(nil))
        }
    }

    // MARK: Setbacks

    @Test(arguments: [404, 408, 429, 500, 503])
    func `answers that may pass are borne for a while`(code: Int) throws {
        var operation = try operation(.put, 201, ["Azure-AsyncOperation": Self.status])
        for _ in 0..<LongRunningOperation.setbackLimit { operation.receive(answer(code)) }
        guard case .ask(let address, _) = operation.step else {
            Issue.record("it has given up")
            return
        }
        #expect(address.text == Self.status)
        var patient = operation
        patient.receive(answer(200, [:], #"{"status": "Running"}"#))
        for _ in 0..<LongRunningOperation.setbackLimit { patient.receive(answer(200, [:], "<html>")) }
        patient.receive(answer(200, [:], #"{"status": "Succeeded"}"#))
        #expect(try patient.step == ask(Self.resource, after: .zero))

        operation.receive(answer(code))
        guard case .failed(let error) = operation.step else {
            Issue.record("it has not given up")
            return
        }
        #expect(error.status == code)
    }

    @Test func `a throttled look waits as long as asked`() throws {
        var operation = try operation(.put, 201, ["Azure-AsyncOperation": Self.status])
        operation.receive(answer(429, ["Retry-After": "60"]))
        #expect(try operation.step == ask(Self.status, after: .seconds(60)))
    }

    @Test func `no answer is a setback, and a refusal is the end`() throws {
        var operation = try operation(.put, 201, ["Azure-AsyncOperation": Self.status])
        operation.receive(noAnswer: AzureError(.unreachable("away", tries: 3), request: "GET x"))
        #expect(try operation.step == ask(Self.status, after: .seconds(3)))
        operation.receive(answer(403, [:], #"{"error": {"code": "AuthorizationFailed"}}"#))
        #expect(code(of: operation) == "AuthorizationFailed")
    }

    // MARK: Kept

    @Test(
        arguments: [
            (AzureRequest.Method.put, 201, ["Azure-AsyncOperation": status, "Location": location] as HTTPHeaders),
            (.post, 202, ["Location": location] as HTTPHeaders), (.put, 202, [:] as HTTPHeaders),
            (.delete, 202, [:] as HTTPHeaders),
        ]
    )
    func `an operation is taken up from its document`(
        method: AzureRequest.Method,
        code: Int,
        headers: HTTPHeaders
    ) throws {
        let operation = try operation(method, code, headers, finalState: .location)
        let document = try #require(operation.json)
        var copy = try #require(LongRunningOperation(json: try JSON(parsing: document.text)))
        #expect(copy.json == document)
        guard case .ask(let address, _) = operation.step else { return }
        #expect(copy.step == .ask(address, after: .zero))
        copy.receive(answer(200, [:], #"{"status": "Succeeded"}"#))
        #expect(copy.step != .ask(address, after: .zero))
    }

    @Test func `the end of an operation is not kept`() throws {
        #expect(try operation(.put, 200, [:], "{}").json == nil)
        #expect(try operation(.put, 400).json == nil)
    }

    @Test func `documents that lead elsewhere, or are none, are refused`() throws {
        let document = try #require(try operation(.put, 201, ["Azure-AsyncOperation": Self.status]).json)
        func changed(_ name: String, _ value: JSON?) -> JSON {
            .object((document.members ?? []).filter { $0.name != name } + (value.map { [.init(name, $0)] } ?? []))
        }
        #expect(LongRunningOperation(json: changed("x", 1)) != nil)
        #expect(LongRunningOperation(json: changed("address", "https://evil.example/")) == nil)
        #expect(LongRunningOperation(json: changed("location", "https://evil.example/")) == nil)
        #expect(LongRunningOperation(json: changed("version", 2)) == nil)
        #expect(LongRunningOperation(json: changed("monitor", "guess")) == nil)
        for name in ["version", "method", "resource", "finalState", "monitor", "address"] {
            #expect(LongRunningOperation(json: changed(name, nil)) == nil)
        }
        #expect(LongRunningOperation(json: nil) == nil)
    }
}
