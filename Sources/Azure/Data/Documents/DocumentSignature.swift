import NIOHTTP1
import Settings
import WebFormats

extension DataPlane.Proof {
    /// How requests to an account of Cosmos DB show who sends them.
    ///
    /// Source: learn.microsoft.com/rest/api/cosmos-db/access-control-on-cosmosdb-resources
    static func documents(of account: WebAddress, _ credential: DataCredential) -> Self {
        switch credential {
        case .identity(let tokens):
            return .token(tokens, AzureCloud.public.scope(of: .documents)) { token in
                PercentEncoding.encode("type=aad&ver=1.0&sig=\(token.value.unsafeRevealed)")
            }
        case .key(let key):
            let key = AccountKey(key)
            return .signature { message in
                let (type, link) = resource(of: message.address, on: account)
                let date = message.headers.first(name: "x-ms-date") ?? ""
                let lines = [message.method.rawValue.lowercased(), type, link, date.lowercased(), "", ""]
                let signature = key.signature(of: lines.joined(separator: "\n"))
                return PercentEncoding.encode("type=master&ver=1.0&sig=\(signature)")
            }
        }
    }

    /// The type of what a request is for, and its link: that of the parent, where the request is for all children.
    private static func resource(of address: WebAddress, on account: WebAddress) -> (type: String, link: String) {
        let base = account.path.split(separator: "/").count
        let segments = address.path.split(separator: "/").dropFirst(base).map {
            PercentEncoding.decode($0) ?? String($0)
        }
        guard segments.count % 2 == 1, let type = segments.last else {
            return (segments.dropLast().last ?? "", segments.joined(separator: "/"))
        }
        return (type, segments.dropLast().joined(separator: "/"))
    }
}
