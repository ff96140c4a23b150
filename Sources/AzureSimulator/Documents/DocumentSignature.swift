import HTTPTypes

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How a request to documents shows who sends it: `type=master&ver=1.0&sig=…` or `type=aad&ver=1.0&sig=…`.
///
/// Source: learn.microsoft.com/rest/api/cosmos-db/access-control-on-cosmosdb-resources
struct DocumentSignature {
    private static let patience: TimeInterval = 15 * 60

    let type: String
    let text: String

    /// Reads a header; `nil` where it is none, or is not escaped as it has to be.
    init?(_ authorization: String?) {
        guard let authorization, !authorization.contains("&") else { return nil }
        let fields = PercentText.decode(authorization).split(separator: "&").map { field in
            field.split(separator: "=", maxSplits: 1).map(String.init)
        }
        func field(_ name: String) -> String? { fields.first { $0.first == name }?.last }
        guard let type = field("type"), field("ver") == "1.0", let text = field("sig") else { return nil }
        self.type = type
        self.text = text
    }

    /// Whether one of the account's keys has signed a request, lately.
    ///
    /// - Parameters:
    ///   - request: Which.
    ///   - path: What it is for, from the account on.
    ///   - resource: The account.
    ///   - now: When.
    /// - Returns: The key's number; keys 3 and 4 may only read. `nil` where no key has signed it.
    func key(of request: AzureRequest, _ path: [String], _ resource: Resource, at now: Date) -> Int? {
        let date = request.header("x-ms-date") ?? ""
        guard let moment = HTTPMoment.date(date), abs(moment.timeIntervalSince(now)) <= Self.patience else {
            return nil
        }
        let isChild = path.count % 2 == 0
        let type = path.isEmpty ? "" : isChild ? path[path.count - 2] : path[path.count - 1]
        let link = (isChild ? path[...] : path.dropLast()).joined(separator: "/")
        let lines = [request.method.rawValue.lowercased(), type, link, date.lowercased(), "", ""]
        return (1...4).first { index in
            let key = SimulatedAzure.key(of: resource, index)
            return AccountSignature.matches(text, of: lines.joined(separator: "\n"), key: key)
        }
    }
}
