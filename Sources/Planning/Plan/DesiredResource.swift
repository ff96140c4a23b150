package import Renderers
package import StackGraph

/// A resource as a stack wants it, with what is not known yet.
package struct DesiredResource: Sendable, Hashable {
    /// Its identifier in Azure.
    package let id: String
    package let type: ResourceType
    /// The resource of the stack that it belongs to; `nil` for what the stack shares.
    package let node: ResourceID?
    /// What a request carries; an expression stands for what is known only after a creation, and a secret that nobody
    /// gave for one that stays as it is.
    package var body: Value
    /// The identifiers of the resources that must be there first.
    package var needs: Set<String>
    /// Whether no deployment may delete or replace it.
    package let isProtected: Bool
    /// The parts of the body that other resources tell of themselves.
    package var told: [ToldValue]

    package init(
        id: String,
        type: ResourceType,
        node: ResourceID?,
        body: Value,
        needs: Set<String>,
        isProtected: Bool = false,
        told: [ToldValue] = []
    ) {
        self.id = id
        self.type = type
        self.node = node
        self.body = body
        self.needs = needs
        self.isProtected = isProtected
        self.told = told
    }
}

/// A value that is known only as long as the resources that tell it stay what they are: a principal, a host name.
package struct ToldValue: Sendable, Hashable {
    package let path: PropertyPath
    /// The identifiers of the resources that tell it.
    package let tellers: Set<String>
    /// The value as a person reads it while nobody knows it.
    package let expression: String
}

extension DesiredResource {
    /// This resource as it is while nobody knows what some resources tell; `nil` where they tell nothing of it.
    ///
    /// - Parameter tellers: The keys of those resources.
    /// - Returns: The resource with expressions in those places.
    func doubting(_ tellers: Set<String>) -> DesiredResource? {
        let doubted = told.filter { $0.tellers.contains { tellers.contains($0.identifierKey) } }
        guard !doubted.isEmpty else { return nil }
        var resource = self
        for value in doubted {
            resource.body = resource.body.replacing(value.path.steps[...], with: .expression(value.expression))
        }
        return resource
    }
}

extension Value {
    /// This value with another one at a place.
    fileprivate func replacing(_ path: ArraySlice<PropertyPath.Step>, with value: Value) -> Value {
        guard let step = path.first else { return value }
        switch (self, step) {
        case (.object(var members), .member(let name)):
            guard let index = members.firstIndex(where: { $0.name == name }) else { return self }
            members[index].value = members[index].value.replacing(path.dropFirst(), with: value)
            return .object(members)
        case (.list(var elements), .index(let index)) where elements.indices.contains(index):
            elements[index] = elements[index].replacing(path.dropFirst(), with: value)
            return .list(elements)
        default: return self
        }
    }
}
