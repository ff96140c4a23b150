package import JSONText
package import Renderers

/// Properties that cannot be taken back once they are set: purge protection of a vault.
package enum IrrevocableProperties {
    /// The body of an update with those of the living resource that it leaves out, which Azure would refuse otherwise.
    package static func kept(in body: JSON, of live: JSON, _ type: ResourceType) -> JSON {
        let properties = body["properties"]?.members ?? []
        let kept = type.facts.irrevocable.sorted().compactMap { name -> JSON.Member? in
            guard !properties.contains(where: { $0.name == name }) else { return nil }
            return live["properties"]?[name].map { JSON.Member(name, $0) }
        }
        guard !kept.isEmpty, let members = body.members else { return body }
        return .object(
            members.map { $0.name == "properties" ? JSON.Member($0.name, .object(properties + kept)) : $0 }
        )
    }
}
