import HTTPTypes
import JSONText
import Renderers

#if canImport(FoundationEssentials)
import struct FoundationEssentials.Date
#else
import struct Foundation.Date
#endif

// Resources are deleted with everything below them.

extension SimulatedAzure {
    mutating func delete(
        _ identifier: ResourceIdentifier,
        _ facts: TypeFacts,
        _ call: Call
    ) throws(Refusal) -> AzureResponse {
        guard let deletion = facts.deletion else { throw .methodNotAllowed(.delete, facts.name) }
        guard let resource = store[identifier.key] else { return AzureResponse(.noContent) }
        let write = Write(identifier: identifier, facts: facts, given: resource.body, old: resource, call: call)
        try checkBusy(write)
        try checkTag(write)
        try checkKept(resource)
        if resource.facts.kind == .blobContainer { try lease(of: resource).checkWrite(nil, at: call.now) }
        guard let form = deletion.form else {
            remove(key: resource.key, at: call.now)
            let end = call.now.addingTimeInterval(configuration.latency.inSeconds)
            noteWrite(resource.key, below: write.parents, until: end, call)
            var response = AzureResponse(.init(code: deletion.status))
            response.delay = configuration.latency
            return response
        }
        store.change(resource.key) { $0.state = .deleting }
        let operation = begin(.delete, of: resource.key, deletion, holds: write.holds, word: "Deleting", call)
        noteWrite(resource.key, below: write.parents, until: operation.end, call)
        let address = address(of: operation, namespace: identifier.namespace, region: resource.region, call)
        return AzureResponse(.init(code: deletion.status), headers: headers(form, address, operation, call))
    }

    /// Refuses to delete what others cannot do without.
    private func checkKept(_ resource: Resource) throws(Refusal) {
        let user = store.all.first { other in
            other.facts.references.contains { reference in
                reference.keeps && reference.type == resource.facts.name
                    && other.body.values(at: reference.path).contains { $0.string?.lowercased() == resource.key }
            }
        }
        guard let user else { return }
        throw .conflict("CannotDelete", "\(resource.identifier) cannot be deleted because \(user.identifier) uses it.")
    }

    /// Takes out a resource with everything below it.
    mutating func remove(key: String, at now: Date) {
        let gone = store.remove(key)
        for resource in gone { didRemove(resource, gone: gone, at: now) }
    }
}
