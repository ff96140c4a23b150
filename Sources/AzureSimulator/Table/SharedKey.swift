import Crypto
import HTTPTypes

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A signature with the key of a storage account, as tables take it.
///
/// Source: learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key, "Table service (Shared Key
/// authorization)"
struct SharedKey {
    /// How far the clock of a client may be wrong.
    private static let patience: TimeInterval = 15 * 60

    private let account: String
    private let signature: String

    init(_ authorization: String) {
        let words = authorization.split(separator: " ", maxSplits: 1)
        let parts = (words.last ?? "").split(separator: ":", maxSplits: 1)
        account = words.first?.lowercased() == "sharedkey" ? String(parts.first ?? "") : ""
        signature = parts.count == 2 ? String(parts[1]) : ""
    }

    /// Refuses a request that whoever has the key has not signed, or not lately.
    func check(_ request: AzureRequest, of resource: Resource, at now: Date) throws(Refusal) {
        let date = request.header("x-ms-date") ?? request.header("Date") ?? ""
        guard let moment = HTTPMoment.date(date), abs(moment.timeIntervalSince(now)) <= Self.patience else {
            throw Self.refusal("The date header in the request is incorrect.")
        }
        let lines = [
            request.method.rawValue, request.header("Content-MD5") ?? "", request.header("Content-Type") ?? "", date,
            "/\(account)\(request.path)" + (request.query("comp").map { "?comp=\($0)" } ?? ""),
        ]
        let isSigned = [1, 2].contains { index in
            AccountSignature.matches(
                signature,
                of: lines.joined(separator: "\n"),
                key: SimulatedAzure.key(of: resource, index)
            )
        }
        guard account.lowercased() == resource.name.lowercased(), isSigned else {
            throw Self.refusal(
                "The MAC signature found in the HTTP request is not the same as any computed signature."
            )
        }
    }

    private static func refusal(_ detail: String) -> Refusal {
        Refusal(
            .forbidden,
            "AuthenticationFailed",
            "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly "
                + "including the signature. \(detail)"
        )
    }
}

/// HMAC-SHA256 in base64, as the keys of accounts sign.
enum AccountSignature {
    static func matches(_ signature: String, of text: String, key: String) -> Bool {
        guard let key = Data(base64Encoded: key), let given = Data(base64Encoded: signature) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(
            given,
            authenticating: Data(text.utf8),
            using: SymmetricKey(data: key)
        )
    }
}

extension HTTPMoment {
    /// Reads a moment; `nil` where it is written in another way.
    static func date(_ text: String) -> Date? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int(parts[1]), let year = Int(parts[3]),
            let month = month(String(parts[2]))
        else { return nil }
        let two = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
        return try? Date("\(year)-\(two(month))-\(two(day))T\(parts[4])Z", strategy: .iso8601)
    }
}
