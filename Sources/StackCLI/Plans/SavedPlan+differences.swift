import JSONText

extension SavedPlan {
    /// What another plan says differently.
    enum Difference: Sendable, Hashable {
        /// A step that only the fresh plan has, by the resource and what happens to it.
        case appeared(String, action: String)
        /// A step that only the saved plan has.
        case vanished(String, action: String)
        /// Something else happens to the resource now.
        case acts(String, saved: String, fresh: String)
        /// The same happens, with other values at these paths.
        case values(String, paths: [String])
        /// A secret has another value, or is new, or is gone.
        case secret(String)
    }

    /// What a plan that was made now says differently; empty where it may be carried out in the place of this one.
    ///
    /// How many resources are unchanged makes no difference: what is there already needs no step.
    func differences(from fresh: SavedPlan) -> [Difference] {
        guard digest != fresh.digest else { return [] }
        let before = byIdentifier
        let now = fresh.byIdentifier
        let steps = Set(before.keys).union(now.keys).sorted().compactMap { key in
            Self.difference(from: before[key], to: now[key])
        }
        let names = Set(fingerprints.keys).union(fresh.fingerprints.keys).sorted()
        return steps + names.filter { fingerprints[$0] != fresh.fingerprints[$0] }.map { .secret($0) }
    }

    private var byIdentifier: [String: JSON] {
        Dictionary(steps.map { ($0["id"]?.string?.lowercased() ?? "", $0) }) { first, _ in first }
    }

    private static func difference(from old: JSON?, to new: JSON?) -> Difference? {
        let id = (new ?? old)?["id"]?.string ?? ""
        let (before, now) = (old?["action"]?.string, new?["action"]?.string)
        guard let old, let before else { return .appeared(id, action: now ?? "") }
        guard let new, let now else { return .vanished(id, action: before) }
        guard before == now else { return .acts(id, saved: before, fresh: now) }
        guard old != new else { return nil }
        let names = ["node", "body", "properties", "because", "after"]
        let paths = names.flatMap { name in
            name == "properties"
                ? changedProperties(old[name], new[name]) : changedPaths(old[name], new[name], at: [name])
        }
        return .values(id, paths: paths.isEmpty ? ["id"] : paths)
    }

    /// The properties whose changes are not the same.
    private static func changedProperties(_ old: JSON?, _ new: JSON?) -> [String] {
        let sides = [old, new].map { side in
            Dictionary((side?.array ?? []).map { ($0["path"]?.string ?? "", $0) }) { first, _ in first }
        }
        return Set(sides[0].keys).union(sides[1].keys).sorted().filter { sides[0][$0] != sides[1][$0] }
    }

    /// The places where two documents part.
    private static func changedPaths(_ old: JSON?, _ new: JSON?, at path: [String]) -> [String] {
        if old == new { return [] }
        guard let old = old?.members, let new = new?.members else { return [path.joined(separator: ".")] }
        let before = Dictionary(old.map { ($0.name, $0.value) }) { first, _ in first }
        let now = Dictionary(new.map { ($0.name, $0.value) }) { first, _ in first }
        return Set(before.keys).union(now.keys).sorted().flatMap { name in
            changedPaths(before[name], now[name], at: path + [name])
        }
    }
}
