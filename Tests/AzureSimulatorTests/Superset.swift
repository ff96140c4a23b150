import JSONText
import Renderers

/// Says what was written and does not come back, as far as Azure lets things come back at all.
struct Superset {
    /// Properties that Azure never tells.
    let hidden: Set<String>

    /// What a document had that another one has not, by path.
    func losses(of written: JSON, in read: JSON, at path: String = "") -> [String] {
        if hidden.contains(path) || written == .null { return [] }
        switch (written, read) {
        case (.object(let members), .object):
            return members.flatMap { member -> [String] in
                let place = path.isEmpty ? member.name : "\(path).\(member.name)"
                if hidden.contains(place) || member.value == .null { return [] }
                guard let other = found(member.name, in: read) else { return [place] }
                return losses(of: member.value, in: other, at: place)
            }
        case (.array(let elements), .array(let others)):
            // The order is Azure's own.
            return elements.enumerated().flatMap { index, element in
                others.contains { losses(of: element, in: $0, at: "\(path).*").isEmpty } ? [] : ["\(path)[\(index)]"]
            }
        case (.string(let one), .string(let other)): return plain(one) == plain(other) ? [] : [path]
        default: return written == read ? [] : [path]
        }
    }

    /// Names that are identifiers are the same whatever their case.
    private func found(_ name: String, in object: JSON) -> JSON? {
        object[name] ?? object.members?.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// Regions and identifiers come back in another spelling.
    private func plain(_ text: String) -> String { text.lowercased().replacing(" ", with: "") }

    static func writeOnly(_ type: ResourceType) -> Set<String> {
        switch type {
        case .containerApp: ["properties.configuration.secrets.*.value"]
        case .database, .databaseContainer: ["properties.options"]
        case .modelAccount: ["properties.restore"]
        case .secret: ["properties.value"]
        case .site: ["properties.siteConfig", "properties.cloningInfo"]
        case .vault: ["properties.createMode"]
        default: []
        }
    }
}
