import Planning
import StackGraph

extension [DesiredResource] {
    /// The resources of some parts of the stack, and what these need.
    ///
    /// - Parameter names: Names of the stack's resources.
    /// - Returns: Those resources, in the same order.
    func neededFor(_ names: Set<String>) -> [DesiredResource] {
        let byID = Dictionary(map { ($0.id.lowercased(), $0) }) { first, _ in first }
        var wanted: Set<String> = []
        var pending = filter { $0.node.map { names.contains($0.name) } ?? false }.map { $0.id.lowercased() }
        while let id = pending.popLast() {
            guard wanted.insert(id).inserted else { continue }
            pending += byID[id]?.needs.map { $0.lowercased() } ?? []
        }
        return filter { wanted.contains($0.id.lowercased()) }
    }
}
