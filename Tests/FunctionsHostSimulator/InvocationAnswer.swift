import Foundation
import JSONText

/// The answer of the program to a payload, read as strictly as the host reads it, or more so.
///
/// Source: learn.microsoft.com/azure/azure-functions/functions-custom-handlers#response-payload, and
/// `HttpScriptInvocationResultExtensions` of github.com/Azure/azure-functions-host
struct InvocationAnswer {
    let outputs: JSON

    init(_ answer: SimulatedAnswer, to function: DeployedFunction) throws(InvocationFailure) {
        guard (200..<300).contains(answer.status) else { throw .failed(status: answer.status) }
        let type = answer.header("content-type")?.prefix { $0 != ";" }
        guard type == "application/json" else { throw .breach("no formatter reads \(type ?? "an unknown type")") }
        guard let json = answer.json, json.members != nil else { throw .breach("the answer is no JSON object") }
        let (outputs, logs) = (json["Outputs"] ?? .null, json["Logs"] ?? .null)
        guard outputs == .null || outputs.members != nil else { throw .breach("Outputs are \(outputs.kind)") }
        guard logs == .null || logs.array?.allSatisfy({ $0.string != nil }) == true else {
            throw .breach("Logs are no list of strings")
        }
        for output in outputs.members ?? [] {
            guard let type = function.outputs[output.name] else { throw .breach("there is no output \(output.name)") }
            try Self.check(output, type)
        }
        self.outputs = outputs
    }

    private static func check(_ output: JSON.Member, _ type: String) throws(InvocationFailure) {
        if type == "http" {
            guard output.value.members != nil else { throw .breach("\(output.name) is no answer") }
        } else if let text = output.value.string, !text.isEmpty, Data(base64Encoded: text) != nil {
            throw .breach("\(output.name) would be taken for base64")
        }
    }

    /// The answer for the caller outside.
    func response(named name: String) throws(InvocationFailure) -> SimulatedAnswer {
        guard let response = outputs[name], let status = response["statusCode"]?.string.flatMap({ Int($0) }) else {
            throw .breach("\(name) has no statusCode")
        }
        let headers = (response["headers"]?.members ?? []).map { (name: $0.name, value: $0.value.string ?? "") }
        let body = response["body"] ?? .null
        return SimulatedAnswer(status: status, headers: headers, body: body.string.map { Array($0.utf8) } ?? body.bytes)
    }
}

/// Why an invocation did not succeed.
public enum InvocationFailure: Error, Sendable, Hashable {
    /// The program says so.
    case failed(status: Int)
    /// The program cannot be reached.
    case unreachable
    /// The program does not keep to the contract.
    case breach(String)
}
