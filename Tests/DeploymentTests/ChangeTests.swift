import AzureSimulator
import Deployment
import HTTPTypes
import JSONText
import Planning
import Rehearsal
import Renderers
import Settings
import StackGraph
import TestInstruments
import Testing

@testable import infra

/// What happens to a stack that is there already.
struct ChangeTests {
    private func withDeployed(
        _ stage: Lightening.Stage = .dev,
        _ body: (Deployer, SimulatedPlace) async throws -> Void
    ) async throws {
        try await SimulatedPlace.withEvents { place in
            let deployer = Deployer(try Lightening.graph(stage), at: place)
            #expect(try await deployer.up().isComplete)
            try await body(deployer, place)
        }
    }

    private func id(_ ending: String, _ place: SimulatedPlace) async throws -> String {
        let all = await place.simulation.identifiers
        return try #require(all.first { $0.lowercased().hasSuffix(ending.lowercased()) })
    }

    private func drift(_ deployer: Deployer) async throws -> Drift {
        try await deployer.withDeployment { try await $0.drift(of: $0.survey(for: .absence)) }
    }

    @Test func `what somebody changed is told as it is, and put right`() async throws {
        try await withDeployed { deployer, place in
            let queue = try await id("/queues/events", place)
            let app = try await id("/containerApps/chat", place)
            let table = try await id("/tables/chats", place)
            await place.simulation.edit(queue, ["properties": ["maxDeliveryCount": 3]])
            await place.simulation.edit(app, ["tags": ["slipway-stack": nil]])
            await place.simulation.remove(table)
            let stranger = queue.replacing("/queues/events", with: "/queues/strange")
            await place.simulation.plant(stranger, ["properties": [:]])

            let drift = try await drift(deployer)
            let events = Dictionary(uniqueKeysWithValues: drift.resources.map { ($0.id, $0.event) })
            #expect(events.count == 3)
            #expect(events[table] == .gone)
            let delivery = PropertyPath([.member("properties"), .member("maxDeliveryCount")])
            let changed = PropertyChange(delivery, .changed(from: .literal("10"), to: .literal("3")))
            #expect(events[queue] == .changed([changed]))
            let tag = PropertyPath([.member("tags"), .member("slipway-stack")])
            #expect(events[app] == .changed([PropertyChange(tag, .removed(.string("lightening-dev")))]))
            #expect(drift.strangers == [stranger])

            let survey = try await deployer.survey()
            #expect(Set(survey.plan.steps.map(\.id)) == [queue, app, table])
            #expect(try await deployer.up().succeeded == [queue, app, table])
            #expect(try await deployer.survey().isSettled)
            #expect(try await self.drift(deployer).resources == [])
            #expect(await place.simulation.identifiers.contains(stranger))
        }
    }

    @Test func `tags of others survive a change`() async throws {
        try await withDeployed { deployer, place in
            let app = try await id("/containerApps/chat", place)
            await place.simulation.edit(
                app,
                ["tags": ["cost-center": "7"], "properties": ["configuration": ["ingress": ["targetPort": 1]]]]
            )
            #expect(try await deployer.up().succeeded == [app])
            let tags = await place.simulation.body(of: app)?["tags"]
            #expect(tags?["cost-center"] == "7")
            #expect(tags?["slipway-stack"] == "lightening-dev")
        }
    }

    @Test func `what the stack no longer has goes, and nothing else`() async throws {
        try await SimulatedPlace.withEvents { place in
            var deployer = Deployer(try Lightening.graph(.production), at: place)
            try await deployer.up()
            let before = Set(await place.simulation.identifiers)
            let smaller = try Lightening.graph(.dev, named: "lightening-production")
            deployer = Deployer(smaller, at: place)
            let plan = try await deployer.survey().plan
            let leaving = plan.steps.filter { $0.action == .delete }.map(\.id)
            #expect(leaving.contains { $0.hasSuffix("/queues/generations") })
            #expect(leaving.contains { $0.hasSuffix("/containerApps/generator") })
            let summary = try await deployer.up()
            #expect(summary.failed == [:])
            let after = Set(await place.simulation.identifiers)
            #expect(before.subtracting(after).isSuperset(of: leaving))
            #expect(try await deployer.survey().isSettled)
        }
    }

    @Test func `every request carries what the rendered template says`() async throws {
        try await withDeployed(.production) { deployer, place in
            let survey = try await deployer.survey()
            let live = survey.live
            let ids = try await deployer.withDeployment { $0.identifiers }
            let resolver = ARMResolver(
                deployer.template,
                in: try await deployer.withDeployment { $0.session.scope },
                parameters: deployer.secrets.mapValues(\.unsafeRevealed)
            ) { symbol, path in
                ids[symbol].flatMap { live.property(path, of: $0) }
            }
            let journal = await place.simulation.journal
            for resource in deployer.template.resources where !resource.isExisting {
                let id = try resolver.identifier(of: resource)
                let sent = journal.entries.filter { $0.method == .put && $0.path.lowercased() == id.lowercased() }
                let expected = Journal.fingerprint(of: try resolver.body(of: resource).bytes)
                #expect(!sent.isEmpty && sent.allSatisfy { $0.fingerprint == expected }, "\(id)")
            }
        }
    }

    @Test func `a part of the stack can be deployed, and the rest later`() async throws {
        try await SimulatedPlace.withEvents { place in
            let deployer = Deployer(try Lightening.graph(.dev), at: place)
            let summary = try await deployer.up(.program(only: ["events"]))
            #expect(summary.succeeded.count == 3)
            #expect(await place.simulation.identifiers.contains { $0.hasSuffix("/queues/events-dead") })
            #expect(try await deployer.survey(.program(only: ["events"])).isSettled)
            #expect(try await deployer.up().isComplete)
            #expect(try await deployer.survey().isSettled)
        }
    }

    @Test func `an earlier version comes back`() async throws {
        try await SimulatedPlace.withEvents { place in
            let small = Deployer(try Lightening.graph(.dev, named: "stack"), at: place)
            try await small.up()
            let before = Set(await place.simulation.identifiers)
            let large = Deployer(try Lightening.graph(.production, named: "stack"), at: place)
            #expect(try await large.up().failed == [:])
            let first = try #require(try await large.withDeployment { try await $0.ledger.read(1) })
            let summary = try await large.up(.record(first))
            #expect(summary.failed == [:])
            let after = Set(await place.simulation.identifiers)
            #expect(after.subtracting(before).allSatisfy { $0.contains("/templateSpecs/") })
            #expect(before.subtracting(after).isEmpty)
            #expect(try await small.survey().plan.steps == [])
        }
    }

    @Test func `of two at once one waits, and then has nothing to do`() async throws {
        try await SimulatedPlace.withEvents { place in
            let deployers = try [0, 1].map { _ in Deployer(try Lightening.graph(.dev), at: place) }
            let summaries = try await withThrowingTaskGroup(of: DeploymentSummary.self) { group in
                for deployer in deployers { group.addTask { try await deployer.up() } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(summaries.map(\.succeeded.count).sorted() == [0, 48])
            #expect(await place.simulation.journal.creations.allSatisfy { $0.value == 1 })
            #expect(try await deployers[0].survey().isSettled)
        }
    }

    @Test func `all goes, and the group with it where it was made for the stack`() async throws {
        try await withDeployed { deployer, place in
            try await deployer.down()
            #expect(await place.simulation.identifiers == [])
            #expect(
                await place.simulation.body(
                    of: "/subscriptions/\(place.configuration.subscription)/resourceGroups/stack"
                ) == nil
            )
            // The vault's name is not free yet, and comes back with the vault.
            #expect(try await deployer.up().failed == [:])
        }
    }
}
