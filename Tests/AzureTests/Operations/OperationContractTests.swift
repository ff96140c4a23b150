import Foundation
import JSONText
import NIOHTTP1
import Testing
import ValidatorTools

@testable import Azure

/// The state machine against the official descriptions of operations, and their examples.
@Suite(.enabled(if: Validators.haveSchemas, Validators.noSchemas)) struct OperationContractTests {
    private static func read(_ path: String) throws -> JSON {
        try JSON(parsing: try Data(contentsOf: URL(filePath: "\(Validators.schemas)/\(path)")))
    }

    private func answer(_ status: Int, _ headers: HTTPHeaders, _ body: String = "") -> AzureResponse {
        AzureResponse(status: status, headers: headers, body: Array(body.utf8))
    }

    /// Answers as a service would that has one more look to go.
    private func finish(_ operation: LongRunningOperation) -> LongRunningOperation {
        var operation = operation
        for look in 0..<6 {
            guard case .ask(let address, _) = operation.step else { break }
            switch (address.path, look) {
            case ("/status", 0): operation.receive(answer(200, [:], #"{"status": "Running"}"#))
            case ("/status", _): operation.receive(answer(200, [:], #"{"status": "Succeeded"}"#))
            case ("/location", 0): operation.receive(answer(202, [:]))
            case ("/location", _): operation.receive(answer(200, [:], #"{"result": 1}"#))
            case (_, 0) where operation.method == .delete: operation.receive(answer(200, [:], "{}"))
            case _ where operation.method == .delete: operation.receive(answer(404, [:]))
            default: operation.receive(answer(200, [:], #"{"properties": {"provisioningState": "Succeeded"}}"#))
            }
        }
        return operation
    }

    @Test func `every operation of every type is followed to its end`() throws {
        let types = try #require(try Self.read("operations.json")["types"]?.members)
        let resource = try #require(WebAddress("https://management.azure.com/x?api-version=1"))
        var count = 0
        for entry in types.flatMap({ $0.value.array ?? [] }) where entry["lro"] == true {
            let method = try #require(entry["method"]?.string.flatMap(AzureRequest.Method.init))
            let finalState = entry["finalStateVia"]?.string.map { FinalState(rawValue: $0) } ?? .standard
            let declared = (entry["lroHeaders"]?.array ?? []).compactMap { $0.string?.lowercased() }
            var headers = HTTPHeaders()
            if declared.contains("azure-asyncoperation") { headers.add(name: "Azure-AsyncOperation", value: "/status") }
            if declared.contains("location") { headers.add(name: "Location", value: "/location") }
            for code in (entry["codes"]?.array ?? []).compactMap({ $0.string.flatMap(Int.init) }) {
                guard (200..<300).contains(code), !(method == .post && code == 202 && headers.isEmpty) else { continue }
                let operation = LongRunningOperation(
                    request: method,
                    at: resource,
                    finalState: try #require(finalState),
                    answered: answer(code, code == 204 ? [:] : headers)
                )
                let finished = finish(operation)
                guard case .finished(let result) = finished.step else {
                    Issue.record("\(method) \(code) \(headers) \(finalState as Any) ends as \(finished.step)")
                    continue
                }
                if [.put, .patch].contains(method), code == 202 || !headers.isEmpty {
                    #expect(result?["properties"]?["provisioningState"] == "Succeeded")
                }
                if method == .delete { #expect(result == nil) }
                count += 1
            }
        }
        #expect(count > 150)
    }

    @Test func `every official example begins an operation or is its end`() throws {
        let examples = try #require(try Self.read("examples/index.json")["examples"]?.array)
        let resource = try #require(WebAddress("https://management.azure.com/x?api-version=1"))
        var ends = 0
        var beginnings = 0
        for example in examples {
            guard let file = example["file"]?.string, !file.hasPrefix("data-plane"),
                let method = example["method"]?.string.flatMap(AzureRequest.Method.init),
                let responses = try Self.read("examples/\(file)")["responses"]?.members
            else { continue }
            for response in responses {
                guard let code = Int(response.name), [200, 201, 202, 204].contains(code) else { continue }
                let fields = (response.value["headers"]?.members ?? []).map { ($0.name, $0.value.string ?? "") }
                let body = response.value["body"]?.text ?? ""
                let operation = LongRunningOperation(
                    request: method,
                    at: resource,
                    answered: answer(code, HTTPHeaders(fields), body)
                )
                switch operation.step {
                case .finished: ends += 1
                case .ask(let address, _):
                    #expect(resource.covers(address))
                    beginnings += 1
                case .failed(let error):
                    // An example of an action may leave its headers out.
                    #expect(method == .post && code == 202, "\(file): \(error)")
                }
            }
        }
        #expect(ends > 400 && beginnings > 60)
    }

    @Test func `official refusals are read`() throws {
        let files = [
            "Microsoft.App/ManagedCertificates_CreateOrUpdate.ManagedCertificate_CreateOrUpdate.json":
                "ManagedCertNoUpdate",
            "Microsoft.Resources/DeploymentStacks_ValidateStackAtSubscription.DeploymentStackSubscriptionValidate.json":
                "ErrorCode",
        ]
        for (file, code) in files {
            let response = try #require(try Self.read("examples/\(file)")["responses"]?["400"])
            let body = (response["body"] ?? response).text
            #expect(AzureError(refusal: answer(400, [:], body)).serviceError?.code == code)
        }
    }

    @Test func `every id in the official examples is read and written`() throws {
        let examples = try #require(try Self.read("examples/index.json")["examples"]?.array)
        var count = 0
        for file in examples.compactMap({ $0["file"]?.string }) where !file.hasPrefix("data-plane") {
            for id in ids(in: try Self.read("examples/\(file)")) where id.hasPrefix("/subscriptions/") {
                // Placeholders and slips of the pen are no ids.
                guard !id.contains("{"), !id.contains("//"), !id.contains("..."), !id.contains("#") else { continue }
                guard let identifier = ResourceIdentifier(id) else {
                    // Providers, and collections, have an odd number of segments after all pairs.
                    #expect(id.split(separator: "/").count % 2 != 0 || id.contains("/providers/"), "\(id)")
                    continue
                }
                #expect(identifier.text == (id.hasSuffix("/") ? String(id.dropLast()) : id))
                #expect(identifier == ResourceIdentifier(id.uppercased()))
                count += 1
            }
        }
        #expect(count > 400)
    }

    private func ids(in document: JSON) -> [String] {
        switch document {
        case .object(let members):
            members.flatMap { member in
                (member.name == "id" ? member.value.string.map { [$0] } ?? [] : []) + ids(in: member.value)
            }
        case .array(let elements): elements.flatMap(ids)
        case .null, .bool, .number, .string: []
        }
    }
}
