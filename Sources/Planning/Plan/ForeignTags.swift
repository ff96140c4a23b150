package import JSONText

/// The tags that people and policies put on resources.
///
/// A request replaces the tags of a resource whole, so that it must repeat those that are nobody's business here.
/// Source: learn.microsoft.com/azure/azure-resource-manager/management/tag-resources
package enum ForeignTags {
    /// The body of an update with the tags that neither it nor the last one has and the living resource does.
    package static func kept(in body: JSON, of live: JSON, applied: Value?) -> JSON {
        guard case .object(let members) = body, let shown = live["tags"]?.members else { return body }
        let wanted = body["tags"]?.members ?? []
        // The names of tags are the same in any capitals.
        let ours = Set((wanted.map(\.name) + (applied?["tags"]?.members ?? []).map(\.name)).map { $0.lowercased() })
        let foreign = shown.filter { !ours.contains($0.name.lowercased()) }
        guard !foreign.isEmpty else { return body }
        let tags = JSON.Member("tags", .object(wanted + foreign))
        guard let place = members.firstIndex(where: { $0.name == "tags" }) else { return .object(members + [tags]) }
        return .object(members[..<place] + [tags] + members[(place + 1)...])
    }
}
