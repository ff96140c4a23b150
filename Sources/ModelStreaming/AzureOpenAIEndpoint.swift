import Azure
public import Settings

/// A model that is deployed in an Azure OpenAI resource.
public struct AzureOpenAIEndpoint: Sendable, Hashable {
    /// How the resource is spoken to.
    public enum Version: Sendable, Hashable {
        /// `/openai/v1`, which takes the deployment's name as model and no version.
        case v1
        /// `/openai/deployments/NAME`, with the version as `api-version`.
        case dated(String)

        /// The newest dated version that is generally available, as far as is known.
        ///
        /// `AZURE_OPENAI_API_VERSION` names another one where Azure has moved on. The specification that was read is
        /// that of `2024-06-01`.
        ///
        /// Source: learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle
        public static let standard = Version.dated("2024-10-21")

        /// Reads `AZURE_OPENAI_API_VERSION`: `v1`, or a date that may have more behind it.
        public init?(_ text: String) {
            switch text {
            case "v1", "preview", "latest": self = .v1
            default:
                guard text.wholeMatch(of: /\d{4}-\d{2}-\d{2}(-[a-z]+)?/) != nil else { return nil }
                self = .dated(text)
            }
        }
    }

    let address: WebAddress
    public let deployment: String
    public let version: Version
    /// Without it, the identity of the process asks.
    public let key: SecretValue?
    /// Which identity, where there are several.
    public let clientID: String?

    /// Names a deployment; `nil` where the address is none, or would carry the key in the open.
    ///
    /// - Parameters:
    ///   - address: `https://NAME.openai.azure.com`; `/openai/v1` at its end asks for that version.
    ///   - deployment: Its name, not that of the model.
    ///   - version: ``Version/standard`` where it is not given.
    ///   - key: A key of the resource; without one, the identity of the process asks.
    ///   - clientID: Which identity, where there are several.
    public init?(
        _ address: String,
        deployment: String,
        version: Version? = nil,
        key: SecretValue? = nil,
        clientID: String? = nil
    ) {
        guard let place = AzurePlace(address) else { return nil }
        let isNew = place.path.hasSuffix("/openai/v1")
        self.address = place.address(without: ["/openai/v1", "/openai"])
        self.deployment = deployment
        self.version = version ?? (isNew ? .v1 : .standard)
        self.key = key
        self.clientID = clientID
    }

    /// What would be right, as the end of a sentence: "AZURE_OPENAI_ENDPOINT must be …".
    public static let expected = "the https address of a resource, such as https://name.openai.azure.com"

    var scope: TokenScope { AzurePlace.scope("https://cognitiveservices.azure", at: address) }
}

/// An address in Azure as people copy it from the portal.
struct AzurePlace {
    private let address: WebAddress
    /// Without slashes at the end.
    let path: Substring

    init?(_ text: String) {
        guard let address = WebAddress(text), address.isConfidential, address.query == nil else { return nil }
        var path = Substring(address.path)
        while path.last == "/" { path.removeLast() }
        self.address = address
        self.path = path
    }

    /// The address without the first of these that it ends with, and without a slash at the end.
    func address(without ends: [String] = []) -> WebAddress {
        let end = ends.first { path.hasSuffix($0) } ?? ""
        return WebAddress(address.origin + path.dropLast(end.count)) ?? address
    }

    /// The scope of a service whose address ends as the cloud's domain does.
    ///
    /// The endings outside the public cloud are from memory.
    static func scope(_ service: String, at address: WebAddress) -> TokenScope {
        let domain = ["us", "cn"].first { address.host.hasSuffix(".azure.\($0)") } ?? "com"
        return TokenScope(resource: "\(service).\(domain)")
    }
}
