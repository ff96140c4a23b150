import ArgumentParser
import AzureSimulator
import JSONText
import Renderers
import StackModel

/// Tells how many seconds the longest chain of needs takes, by the template and by how long the simulated Azure takes to
/// make a resource: what would be left if nothing else took any time.
struct LongestChain: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "chain")

    @Option(help: "How many groups of resources there are.")
    var groups = 1

    func run() throws {
        let template = ARMTemplate(try Large.stack(groups: groups).lowered())
        let resources = Dictionary(uniqueKeysWithValues: template.resources.map { ($0.symbol, $0) })
        var ends: [Symbol: Duration] = [:]
        func end(_ symbol: Symbol) -> Duration {
            if let known = ends[symbol] { return known }
            guard let resource = resources[symbol] else { return .zero }
            let start = resource.needs.map(end).max() ?? .zero
            let end = start + (resource.isExisting ? .zero : resource.type.creationTime)
            ends[symbol] = end
            return end
        }
        let seconds = (template.resources.map { end($0.symbol) }.max() ?? .zero) / .seconds(1)
        let count = template.resources.count { !$0.isExisting }
        print(JSON.object([.init("resources", JSON(count)), .init("seconds", JSON(Int(seconds)))]).text)
    }
}
