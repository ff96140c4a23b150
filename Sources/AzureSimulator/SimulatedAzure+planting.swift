import HTTPTypes
package import JSONText
import Renderers

#if canImport(FoundationEssentials)
package import struct FoundationEssentials.Date
#else
package import struct Foundation.Date
#endif

extension SimulatedAzure {
    /// Puts a resource there that has always been there, with everything that it is in.
    ///
    /// Nothing is checked and nobody is asked; a stack that meets resources of others begins like this.
    package mutating func plant(_ text: String, _ body: JSON = [:], at now: Date) {
        guard let asked = ResourceIdentifier(text), let facts = TypeTable.all[asked.type] else {
            return plantGroup(text)
        }
        plant(asked.scope, at: now)
        if let parent = asked.parent { plant(parent.description, at: now) }
        guard store[asked.key] == nil else { return }
        let types = facts.name.split(separator: "/").map(String.init)
        var identifier = asked
        identifier.namespace = types[0]
        for index in identifier.pairs.indices { identifier.pairs[index].type = types[index + 1] }
        let call = Call(
            request: AzureRequest(.put, text),
            caller: AccessToken(tenant: "", objectID: "", clientID: "", audience: "", issuedAt: now, expiresAt: now),
            now: now
        )
        let write = Write(identifier: identifier, facts: facts, given: body, old: nil, call: call)
        var resource = make(write)
        resource.state = .succeeded
        store.insert(resource)
        addImplicitChildren(of: resource)
        didStore(resource, write)
    }

    /// The identifiers of everything that is there, whatever its state, in order.
    package var identifiers: [String] { store.all.map(\.identifier.description).sorted() }

    private mutating func plantGroup(_ text: String) {
        let place = Place(text)
        guard let subscription = place.subscription, let name = place.group else { return }
        let group = ResourceGroup(subscription: subscription, name: name, body: ["location": "westeurope"])
        if groups[group.key] == nil { groups[group.key] = group }
    }
}
