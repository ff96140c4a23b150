/// What ties resources to others such that they cannot outlive them.
struct Ties {
    struct Tie {
        /// The resource that suffers.
        let key: String
        let bond: Bond
    }

    enum Bond {
        /// Its identifier lies below the other's.
        case below(isExtended: Bool)
        /// A property that only a new resource can have otherwise, or that keeps the other from being deleted, names
        /// it or is told by it.
        case names(PropertyPath)
    }

    private var ties: [String: [Tie]] = [:]

    /// - Parameters:
    ///   - resources: The resources that are there, by key.
    ///   - others: The keys of more resources that they may lie below.
    init(_ resources: [String: DesiredResource], above others: Set<String>) {
        let family = Family(others.union(resources.keys))
        for (key, resource) in resources.sorted(by: { $0.key < $1.key }) {
            for ancestor in family.ancestors(of: key) {
                ties[ancestor.key, default: []].append(Tie(key: key, bond: .below(isExtended: ancestor.isExtended)))
            }
            let facts = resource.type.facts
            for pattern in facts.fixed.union(facts.keeps).sorted() {
                guard let name = resource.body.text(at: pattern), name.utf8.first == UInt8(ascii: "/") else { continue }
                let path = PropertyPath(pattern.split(separator: ".").map { .member(String($0)) })
                ties[name.identifierKey, default: []].append(Tie(key: key, bond: .names(path)))
            }
            for value in resource.told where facts.fixed.contains(value.path.pattern) {
                for teller in value.tellers.sorted() {
                    ties[teller.identifierKey, default: []].append(Tie(key: key, bond: .names(value.path)))
                }
            }
        }
    }

    /// All that suffers the end of a resource.
    subscript(key: String) -> [Tie] { ties[key] ?? [] }
}

extension Value {
    /// The text at a path of members, as facts name it.
    package func text(at pattern: String) -> String? {
        var value = self
        for name in pattern.split(separator: ".") {
            guard let member = value[String(name)] else { return nil }
            value = member
        }
        return value.string
    }
}
