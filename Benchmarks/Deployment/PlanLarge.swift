import ArgumentParser
import JSONText
import Planning
import Renderers
import StackGraph
import StackModel

/// Plans for a stack of many resources, and tells how many milliseconds each part of that takes.
struct PlanLarge: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "plan")

    @Option(help: "How many groups of resources there are.")
    var groups = 81

    func run() throws {
        var times: [JSON.Member] = []
        func timed<Result>(_ part: String, _ body: () throws -> Result) rethrows -> Result {
            let clock = ContinuousClock()
            let start = clock.now
            let result = try body()
            let milliseconds = start.duration(to: clock.now) / .milliseconds(1)
            times.append(.init(part, JSON(Int((milliseconds * 1000).rounded()))))
            return result
        }
        let graph = try timed("lowering") { try Large.stack(groups: groups).lowered() }
        let template = timed("template") { ARMTemplate(graph) }
        let scope = DeploymentScope(tenant: "t", subscription: "s", resourceGroup: "large", location: "westeurope")
        let fingerprint = SecretFingerprint(key: [1]).fingerprint(of: "value", for: "key")
        let parameters = template.parameters.reduce(into: [:]) { $0[$1.name] = fingerprint }
        func resolver(_ live: JSON?) -> ARMResolver {
            ARMResolver(template, in: scope, parameters: parameters) { _, _ in live }
        }
        let desired = try timed("resolution") { try resolver(nil).desired() }
        let creation = timed("planToCreate") { Plan(desired: desired, live: [:], applied: [:]) }
        let again = try timed("resolutionAgain") { try resolver("told").desired() }
        let live = Dictionary(uniqueKeysWithValues: again.map { ($0.id, $0.body) })
        let applied = Dictionary(uniqueKeysWithValues: again.map { ($0.id, Plan.Applied($0)) })
        let same = timed("planOfNothing") { Plan(desired: again, live: live, applied: applied) }
        let record = DeploymentRecord(
            version: 1,
            state: .applied,
            stack: template.stack,
            program: "1",
            author: "a",
            moment: "2026-01-01T00:00:00Z",
            group: scope.identifier,
            unfinished: [],
            resources: desired
        )
        var size = 0
        do {
            let text = try timed("recordWriting") { try record.properties().text }
            size = text.utf8.count
            _ = try timed("recordReading") { try DeploymentRecord(properties: JSON(parsing: text.utf8)) }
        } catch RecordError.tooLarge(let bytes, _) {
            size = bytes
        }
        let facts: [JSON.Member] = [
            .init("resources", JSON(desired.count)), .init("creations", JSON(creation.operations.count)),
            .init("changes", JSON(same.steps.count)), .init("recordBytes", JSON(size)),
        ]
        print(JSON.object(facts + [.init("microseconds", .object(times))]).text)
    }
}
