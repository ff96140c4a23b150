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

    /// What is stored of a resource or a group, as it was written; `nil` where there is none.
    package func body(of identifier: String) -> JSON? {
        let key = identifier.lowercased()
        return store[key]?.body ?? groups[key]?.body
    }

    /// The first key of an account; `nil` where there is no such account.
    package func key(of identifier: String) -> String? { store[identifier.lowercased()].map { Self.key(of: $0, 1) } }

    /// Changes a resource or a group behind everybody's back, as a person in the portal does.
    ///
    /// - Parameters:
    ///   - identifier: Which; where there is none, nothing happens.
    ///   - patch: What to change (RFC 7396).
    ///   - now: When.
    package mutating func edit(_ identifier: String, _ patch: JSON, at now: Date) {
        let key = identifier.lowercased()
        if var group = groups[key] {
            group.body = group.body.patched(by: patch)
            groups[key] = group
        }
        store.change(key) { resource in
            resource.body = resource.body.patched(by: patch)
            resource.changedAt = now
            resource.revision += 1
        }
        if let app = store[key], app.facts.kind == .containerApp { addRevision(of: app, at: now) }
    }

    /// Takes out a resource, or a group, with all that is below it, behind everybody's back.
    package mutating func remove(_ identifier: String, at now: Date) {
        let key = identifier.lowercased()
        if groups.removeValue(forKey: key) != nil {
            for resource in store.held(by: key) { remove(key: resource.key, at: now) }
        }
        remove(key: key, at: now)
    }

    /// Gives an app this many replicas, whatever it has at least.
    package mutating func setReplicas(_ count: Int, of app: String) { replicaCounts[app.lowercased()] = count }

    private mutating func plantGroup(_ text: String) {
        let place = Place(text)
        guard let subscription = place.subscription, let name = place.group else { return }
        let group = ResourceGroup(subscription: subscription, name: name, body: ["location": "westeurope"])
        if groups[group.key] == nil { groups[group.key] = group }
    }
}
