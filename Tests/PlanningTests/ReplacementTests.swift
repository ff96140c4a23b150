import Renderers
import SampleStacks
import StackGraph
import StackModel
import Testing

@testable import Planning

struct ReplacementTests {
    private func id(_ path: String) -> String { AzureDocuments.scope.identifier + "/providers/" + path }

    private func resource(
        _ path: String,
        _ type: ResourceType,
        _ body: Value = .object([]),
        needs: String...,
        told: [ToldValue] = []
    ) -> DesiredResource {
        DesiredResource(id: id(path), type: type, node: nil, body: body, needs: Set(needs.map(id)), told: told)
    }

    private func located(_ location: String, _ more: Value.Member...) -> Value {
        .object([.init("location", .string(location))] + more)
    }

    private func live(_ resources: [DesiredResource]) -> [String: Value] {
        Dictionary(uniqueKeysWithValues: resources.map { ($0.id, $0.body) })
    }

    private func plan(_ desired: [DesiredResource], after old: [DesiredResource]) -> Plan {
        Plan(
            desired: desired,
            live: live(old),
            applied: Dictionary(uniqueKeysWithValues: old.map { ($0.id, Plan.Applied($0)) })
        )
    }

    @Test func `what lies below a replaced resource is made anew after it, and says why`() throws {
        let bus = "Microsoft.ServiceBus/namespaces/b"
        func resources(_ location: String) -> [DesiredResource] {
            [
                resource(bus, .namespace, located(location)),
                resource("\(bus)/queues/q", .queue, needs: bus),
                resource(
                    "\(bus)/queues/q/providers/Microsoft.Authorization/roleAssignments/r",
                    .roleAssignment,
                    needs: "\(bus)/queues/q"
                ),
                resource("Microsoft.KeyVault/vaults/v", .vault),
            ]
        }
        let plan = plan(resources("b"), after: resources("a"))
        #expect(plan.words == ["± namespaces/b: location", "+ queues/q", "+ roleAssignments/r"])
        #expect(plan.steps.map(\.cause) == [nil, id(bus), id(bus)])
        #expect(plan.unchanged == 1)
        let order = plan.order
        #expect(order.map(\.phase) == [.delete, .write, .write, .write])
        #expect(order.map(\.resource) == [id(bus)] + plan.steps.map(\.id))
    }

    @Test func `what names a replaced resource where it cannot be changed is replaced before it`() throws {
        let environment = "Microsoft.App/managedEnvironments/e"
        func resources(_ location: String) -> [DesiredResource] {
            let body = Value.object([.init("environmentId", .string(id(environment).uppercased()))])
            return [
                resource(environment, .containerEnvironment, located(location)),
                resource(
                    "Microsoft.App/containerApps/a",
                    .containerApp,
                    located("a", .init("properties", body)),
                    needs: environment
                ),
            ]
        }
        let plan = plan(resources("b"), after: resources("a"))
        #expect(plan.words == ["± managedEnvironments/e: location", "± containerApps/a: properties.environmentId"])
        #expect(plan.steps.last?.cause == id(environment))
        #expect(plan.order.map(\.description).map { $0.split(separator: "/").last ?? "" } == ["a", "e", "e", "a", "a"])
        #expect(plan.order.map(\.phase) == [.delete, .delete, .write, .write, .verify])
        // One write at a time goes on in an environment, and starts of apps side by side.
        let writes = plan.operations.filter { $0.id.phase != .verify }
        #expect(Set(writes.map(\.lane)) == [id(environment).lowercased()])
        #expect(plan.operations.filter { $0.id.phase == .verify }.map(\.lane) == [nil])
    }

    @Test func `what a replaced resource tells others is not known any more`() throws {
        let identity = "Microsoft.ManagedIdentity/userAssignedIdentities/i"
        let told = ToldValue(
            path: PropertyPath([.member("properties"), .member("principalId")]),
            tellers: [id(identity)],
            expression: "i.properties.principalId"
        )
        func resources(_ location: String) -> [DesiredResource] {
            let body = Value.object([.init("properties", .object([.init("principalId", "p")]))])
            return [
                resource(identity, .identity, located(location)),
                // The principal of an assignment is for ever, that of a database user is not.
                resource(
                    "Microsoft.Authorization/roleAssignments/r",
                    .roleAssignment,
                    body,
                    needs: identity,
                    told: [told]
                ),
                resource(
                    "Microsoft.DocumentDB/databaseAccounts/d/sqlRoleAssignments/u",
                    .databaseUser,
                    body,
                    needs: identity,
                    told: [told]
                ),
            ]
        }
        let plan = plan(resources("b"), after: resources("a"))
        #expect(
            plan.words == [
                "± userAssignedIdentities/i: location", "± roleAssignments/r: properties.principalId",
                "~ sqlRoleAssignments/u: properties.principalId",
            ]
        )
        #expect(plan.steps.map(\.cause) == [nil, id(identity), id(identity)])
    }

    @Test func `what nobody wants goes after the update that lets go of it, and its extensions before it`() throws {
        let queue = "Microsoft.ServiceBus/namespaces/b/queues/q"
        let role = "\(queue)/providers/Microsoft.Authorization/roleAssignments/r"
        let app = "Microsoft.Web/sites/a"
        let old = [
            resource("Microsoft.ServiceBus/namespaces/b", .namespace),
            resource(queue, .queue, needs: "Microsoft.ServiceBus/namespaces/b"),
            resource(role, .roleAssignment, needs: queue),
            resource(app, .site, .object([.init("tags", .object([.init("q", "yes")]))]), needs: queue, role),
        ]
        let plan = plan([old[0], resource(app, .site)], after: old)
        #expect(plan.words == ["~ sites/a: tags", "- queues/q", "- roleAssignments/r"])
        #expect(plan.order.map(\.resource) == [id(app), id(role), id(queue)])
    }

    @Test func `a child that goes with its parent is not deleted itself, but extensions of both are`() throws {
        let bus = "Microsoft.ServiceBus/namespaces/b"
        let old = [
            resource(bus, .namespace), resource("\(bus)/topics/providers", .topic, needs: bus),
            resource("\(bus)/topics/providers/subscriptions/s", .subscription, needs: "\(bus)/topics/providers"),
            resource("\(bus)/providers/Microsoft.Insights/diagnosticSettings/d", .diagnostics, needs: bus),
            resource(
                "\(bus)/topics/providers/providers/Microsoft.Authorization/roleAssignments/r",
                .roleAssignment,
                needs: "\(bus)/topics/providers"
            ),
        ]
        let plan = plan([], after: old)
        #expect(plan.counts.delete == 5)
        #expect(Set(plan.operations.map(\.id.resource)) == [id(bus), old[3].id, old[4].id])
        #expect(plan.order.last?.resource == id(bus))
        #expect(plan.steps.filter { $0.cause == id(bus) }.map(\.type).count == 1)
    }

    @Test(arguments: 0..<15)
    func `a stack moves to another region, whatever it is`(seed: Int) throws {
        let graph = try RandomStack(seed: seed).graph
        var world = World()
        try world.apply(graph)
        world.location = "northeurope"
        let plan = try world.plan(graph)
        #expect(plan.counts.replace > 0 && plan.order.count == plan.operations.count)
        try world.apply(graph)
        #expect(try world.plan(graph).words == [])
    }
}
