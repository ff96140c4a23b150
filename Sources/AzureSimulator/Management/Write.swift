import JSONText

/// A write that has yet to be allowed.
struct Write {
    let identifier: ResourceIdentifier
    let facts: TypeFacts
    /// The whole resource as it will be.
    var given: JSON
    let old: Resource?
    let call: Call

    /// The resources that this one names and that a write of it occupies.
    private var occupied: [String] {
        facts.references.filter(\.occupies).flatMap { given.values(at: $0.path) }.compactMap { $0.string?.lowercased() }
    }

    /// What the resource is below; only one write at a time goes on below some of these.
    var parents: [String] {
        Set([identifier.holder] + occupied).sorted()
    }

    /// Everything that is busy until the write is done.
    var holds: [String] {
        [identifier.key] + (facts.occupiesParent ? [identifier.holder] : []) + occupied
    }

    /// Everything that must not be busy.
    var checked: [String] {
        // A role is given to a resource without asking the resource.
        let isRole = facts.name.hasPrefix("Microsoft.Authorization/")
        return holds + (isRole ? [] : [identifier.holder])
    }
}
