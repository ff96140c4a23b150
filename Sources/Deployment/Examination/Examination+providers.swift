import Azure
import JSONText
import Planning
import Renderers

extension Examination {
    private static let providersVersion = "2021-04-01"

    /// Whether the providers are registered, and offer what the stack needs where it goes.
    ///
    /// Source: learn.microsoft.com/rest/api/resources/providers/list
    func providers() async throws -> [Finding] {
        guard let subscription = session.group.parent else { return [] }
        let documents = try await session.plane.list("providers", in: subscription, apiVersion: Self.providersVersion)
        let known = Dictionary(
            documents.compactMap { document in document["namespace"]?.string.map { ($0.lowercased(), document) } }
        ) { first, _ in first }
        var unregistered: [String] = []
        var elsewhere: [Finding] = []
        for namespace in Set(types.map(\.namespace)).sorted() {
            let document = known[namespace.lowercased()]
            if document?["registrationState"]?.string != "Registered" { unregistered.append(namespace) }
            elsewhere += types.filter { $0.namespace == namespace }.compactMap { missing($0, in: document) }
        }
        let registration =
            unregistered.isEmpty
            ? Finding(.good, "The subscription is registered for all providers that the stack needs.")
            : Finding(
                .warning,
                "The subscription is not registered for \(unregistered.joined(separator: ", ")); `infra up` does that."
            )
        return [registration] + elsewhere
    }

    /// A type that its provider does not offer in the region.
    private func missing(_ type: ResourceType, in provider: JSON?) -> Finding? {
        let name = type.rawValue.dropFirst(type.namespace.count + 1).lowercased()
        let offer = provider?["resourceTypes"]?.array?.first { $0["resourceType"]?.string?.lowercased() == name }
        let regions = (offer?["locations"]?.array ?? []).compactMap { $0.string.map(Self.plain) }
        let region = Self.plain(session.scope.location)
        guard !regions.isEmpty, !regions.contains(region), !regions.contains("global") else { return nil }
        return Finding(
            .bad,
            "\(type.rawValue) is not offered in \(session.scope.location).",
            remedy:
                "Choose another region with --location, such as \(regions.sorted().prefix(5).joined(separator: ", "))."
        )
    }

    /// `westeurope`, for `West Europe`.
    private static func plain(_ region: String) -> String { region.lowercased().filter { $0 != " " } }
}

extension ResourceType {
    /// The provider: `Microsoft.App`.
    var namespace: String { String(rawValue.prefix { $0 != "/" }) }
}
