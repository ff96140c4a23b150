import Azure
import WebFormats

/// An agent of an Azure AI Foundry project.
public struct FoundryAgent: Sendable, Hashable {
    /// The project: `https://ACCOUNT.services.ai.azure.com/api/projects/PROJECT`.
    let project: WebAddress
    public let id: String
    /// Which identity asks, where there are several.
    public let clientID: String?

    /// Names an agent; `nil` where the address is none, or would carry the token in the open.
    ///
    /// - Parameters:
    ///   - address: `https://ACCOUNT.services.ai.azure.com`, or that of the project.
    ///   - projectName: The project; not needed where the address names it.
    ///   - id: `asst_…`, or the name of an agent of the current kind.
    ///   - clientID: Which identity asks, where there are several.
    public init?(_ address: String, project projectName: String?, id: String, clientID: String? = nil) {
        guard let place = AzurePlace(address) else { return nil }
        if Self.namesProject(address) {
            self.project = place.address()
        } else {
            guard let projectName else { return nil }
            self.project = place.address(without: ["/api/projects"])
                .appending(path: "/api/projects/\(PercentEncoding.encode(projectName))")
        }
        self.id = id
        self.clientID = clientID
    }

    /// Whether an address is that of a project.
    public static func namesProject(_ address: String) -> Bool {
        address.contains(/\/api\/projects\/[^\/]/)
    }

    /// What would be right, as the end of a sentence: "AZURE_AI_ENDPOINT must be …".
    public static let expected = "the https address of a resource, such as https://name.services.ai.azure.com"

    /// Whether it is one of the older kind, which answers in runs on threads.
    ///
    /// Source: the packages azure-ai-agents 1.1.0 and azure-ai-projects 2.10.0; ids of the older kind begin like this,
    /// and names of the newer kind hold no underscore.
    var isClassic: Bool { id.hasPrefix("asst_") }

    var scope: TokenScope { AzurePlace.scope("https://ai.azure", at: project) }
}
