import Testing

@testable import Azure

struct ResourceIdentifierTests {
    private static let group = "/subscriptions/s1/resourceGroups/chat-rg"
    private static let queue = "\(group)/providers/Microsoft.ServiceBus/namespaces/bus/queues/jobs"
    private static let assignment = "\(queue)/providers/Microsoft.Authorization/roleAssignments/r1"

    @Test func `an id is taken apart`() throws {
        let queue = try #require(ResourceIdentifier(Self.queue))
        #expect(queue.text == Self.queue)
        #expect(queue.name == "jobs")
        #expect(queue.type == "Microsoft.ServiceBus/namespaces/queues")
        #expect(queue.provider == "Microsoft.ServiceBus")
        #expect(queue.subscription == "s1")
        #expect(queue.resourceGroup == "chat-rg")
        #expect(!queue.isExtension)
        #expect(queue.scope?.text == Self.group)
    }

    @Test func `parents lead up to the subscription`() throws {
        var ids: [String] = []
        var next = ResourceIdentifier(Self.assignment)
        while let id = next {
            ids.append(id.text)
            next = id.parent
        }
        #expect(
            ids == [
                Self.assignment, Self.queue, "\(Self.group)/providers/Microsoft.ServiceBus/namespaces/bus", Self.group,
                "/subscriptions/s1",
            ]
        )
    }

    @Test func `an extension is about another resource`() throws {
        let assignment = try #require(ResourceIdentifier(Self.assignment))
        #expect(assignment.isExtension)
        #expect(assignment.type == "Microsoft.Authorization/roleAssignments")
        #expect(assignment.scope?.text == Self.queue)
        #expect(ResourceIdentifier(Self.group)?.scope == nil)
        let tenant = "/providers/Microsoft.Management/managementGroups/g"
        #expect(ResourceIdentifier(tenant)?.isExtension == false)
        #expect(ResourceIdentifier(tenant)?.type == "Microsoft.Management/managementGroups")
    }

    @Test func `groups and subscriptions have types, too`() {
        #expect(ResourceIdentifier(Self.group)?.type == "Microsoft.Resources/resourceGroups")
        #expect(ResourceIdentifier("/subscriptions/s1")?.type == "Microsoft.Resources/subscriptions")
        #expect(ResourceIdentifier(Self.group)?.provider == nil)
    }

    @Test func `case makes no difference, and spelling does not change`() throws {
        let upper = try #require(ResourceIdentifier(Self.queue.uppercased()))
        let lower = try #require(ResourceIdentifier(Self.queue.lowercased() + "/"))
        #expect(upper == lower)
        #expect(Set([upper, lower]).count == 1)
        #expect(upper.text == Self.queue.uppercased().replacing("PROVIDERS", with: "providers"))
        #expect(upper.resourceGroup == "CHAT-RG")
        #expect(upper.type == "MICROSOFT.SERVICEBUS/NAMESPACES/QUEUES")
    }

    @Test(
        arguments: [
            "", "/", "subscriptions/s1", "/subscriptions", "/subscriptions//resourceGroups/x", "/subscriptions/..",
            "/subscriptions/s1/providers/Microsoft.Web", "/subscriptions/s1/providers/Microsoft.Web/sites",
            "/subscriptions/s1?x", "/subscriptions/s1#x", "/subscriptions/a%2Fb", "/subscriptions/a\\b",
            "/subscriptions/s\n1", "/subscriptions/s1/providers",
        ]
    )
    func `what is no id is refused`(text: String) {
        #expect(ResourceIdentifier(text) == nil)
    }

    @Test func `ids are built from their parts`() throws {
        let group = try #require(ResourceIdentifier.resourceGroup("chat-rg", subscription: "s1"))
        let bus = try #require(group.resource("Microsoft.ServiceBus", "namespaces", "bus"))
        let queue = try #require(bus.child("queues", "jobs"))
        #expect(queue.text == Self.queue)
        #expect(queue.resource("Microsoft.Authorization", "roleAssignments", "r1")?.text == Self.assignment)
        #expect(queue.child("queues", "a/../b") == nil)
        #expect(group.contains(queue) && queue.contains(queue) && !queue.contains(group))
        #expect(ResourceIdentifier.subscription("s1")?.contains(group) == true)
        #expect(ResourceIdentifier.resourceGroup("chat", subscription: "s1")?.contains(queue) == false)
    }

    @Test func `a path holds what addresses cannot`() {
        let id = ResourceIdentifier("/subscriptions/s1/resourceGroups/a (b) ü")
        #expect(id?.path == "/subscriptions/s1/resourceGroups/a%20%28b%29%20%C3%BC")
    }
}
