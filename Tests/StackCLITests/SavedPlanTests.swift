import JSONText
import Renderers
import SampleStacks
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@testable import Planning
@testable import StackCLI

struct SavedPlanTests {
    private static let fingerprints = ["API_KEY": "hmac:1", "TOKEN": "hmac:2"]

    private static func saved(
        _ plan: Plan = SamplePlans.mixed,
        at seconds: Double = 1_767_225_600,
        _ fingerprints: [String: String] = fingerprints
    ) -> SavedPlan {
        SavedPlan(
            plan,
            of: SamplePlans.subject,
            at: Date(timeIntervalSince1970: seconds),
            fingerprints: fingerprints
        )
    }

    @Test func `what is read is what was written`() throws {
        for plan in [SamplePlans.mixed, try SamplePlans.first(try SampleStacks.complete())] {
            let saved = Self.saved(plan)
            let read = try SavedPlan(reading: saved.text)
            #expect(read == saved)
            #expect(read.differences(from: saved).isEmpty)
            #expect(!saved.text.contains(SamplePlans.canary))
        }
        #expect(Self.saved().text.hasPrefix("{\n  \"format\": \"slipway-plan\",\n  \"version\": 1,\n"))
        #expect(Self.saved().saved == "2026-01-01T00:00:00Z")
    }

    @Test func `the same plan has one digest, whenever and in whatever order it was made`() {
        let plan = Self.saved()
        let turned = Plan(steps: SamplePlans.mixed.steps.reversed(), unchanged: 52)
        #expect(Self.saved(turned, at: 1_800_000_000).digest == plan.digest)
        #expect(Self.saved(Plan(steps: [], unchanged: 52)).digest != plan.digest)
        #expect(Self.saved(SamplePlans.mixed, ["API_KEY": "hmac:1"]).digest != plan.digest)
    }

    @Test(arguments: ["", "{}", "[1]", "not JSON", #"{"format":"other","version":1}"#, #"{"format":"slipway-plan"}"#])
    func `another file is no plan`(text: String) {
        #expect(throws: SavedPlanError.notAPlan) { try SavedPlan(reading: text) }
    }

    @Test func `a plan of a newer program is told apart from a damaged one`() {
        #expect(throws: SavedPlanError.newer(2)) {
            try SavedPlan(reading: Self.saved().text.replacing("\"version\": 1", with: "\"version\": 2"))
        }
        let text = Self.saved().text
        for (old, new) in [
            ("PT1M", "PT2M"), ("\"westeurope\"", "\"northeurope\""), ("hmac:1", "hmac:3"), ("\"dev\"", "\"prod\""),
            ("\"unchanged\": 52", "\"unchanged\": 53"), ("sha256:", "sha512:"),
        ] {
            #expect(throws: SavedPlanError.damaged) { try SavedPlan(reading: text.replacing(old, with: new)) }
        }
    }

    @Test func `every step counts for the digest`() throws {
        var json = try JSON(parsing: Self.saved().text)
        guard case .object(var members) = json, let index = members.firstIndex(where: { $0.name == "steps" }) else {
            return
        }
        members[index].value = .array(Array((members[index].value.array ?? []).dropLast()))
        json = .object(members)
        #expect(throws: SavedPlanError.damaged) { try SavedPlan(reading: json.text) }
    }

    @Test func `a plan for another stack, stage or place is refused`() throws {
        let saved = Self.saved()
        try saved.check(SamplePlans.subject)
        let other = PlanSubject(stack: "shop", stage: "production", scope: SamplePlans.scope)
        #expect(throws: SavedPlanError.other("stage", saved: "dev", wanted: "production")) { try saved.check(other) }
        let scope = DeploymentScope(
            tenant: SamplePlans.scope.tenant,
            subscription: SamplePlans.scope.subscription,
            resourceGroup: "their-group",
            location: "westeurope"
        )
        let elsewhere = PlanSubject(stack: "shop", stage: "dev", scope: scope)
        #expect(throws: SavedPlanError.other("resourceGroup", saved: "shop", wanted: "their-group")) {
            try saved.check(elsewhere)
        }
        let failure = Failure(.other("resourceGroup", saved: "shop", wanted: "their-group"), in: "plan.json")
        #expect(failure.code == 78)
        #expect(failure.lines[0] == "'plan.json' is for resource group 'shop', and this would be 'their-group'.")
    }

    @Test func `a refusal says what is different now`() throws {
        var steps = SamplePlans.mixed.steps
        let jobs = steps.remove(at: 1)
        let values = PropertyChange(SamplePlans.path("sku", "name"), .added("Premium"))
        steps[0] = SamplePlans.step(
            SamplePlans.app,
            .containerApp,
            "api",
            .create(["location": "northeurope", "properties": ["new": "x"]]),
            cause: SamplePlans.bus
        )
        steps[1] = SamplePlans.step(steps[1].id, .secret, "vault", .delete)
        steps[2] = SamplePlans.step(SamplePlans.bus, .namespace, nil, .update([values]))
        steps.append(SamplePlans.step("\(SamplePlans.bus)/queues/more", .queue, "more", .create([:])))
        let fresh = Self.saved(Plan(steps: steps, unchanged: 3), ["API_KEY": "hmac:9", "TOKEN": "hmac:2"])
        let differences = try SavedPlan(reading: Self.saved().text).differences(from: fresh)
        #expect(
            Set(differences) == [
                .vanished(jobs.id, action: "replace"),
                .acts(SamplePlans.secret, saved: "change", fresh: "delete"),
                .appeared("\(SamplePlans.bus)/queues/more", action: "create"),
                .values(
                    SamplePlans.app,
                    paths: [
                        "body.location", "body.properties.containers", "body.properties.empty",
                        "body.properties.environmentId", "body.properties.new", "body.properties.zones",
                    ]
                ),
                .values(SamplePlans.bus, paths: ["properties.url", "sku.name", "tags['a.b']"]),
                .secret("API_KEY"),
            ]
        )
        #expect(
            Failure(differences, since: "2026-01-01T00:00:00Z").description == """
                The plan of 2026-01-01T00:00:00Z is out of date, and nothing was done. Now:
                  api: other values at body.location, body.properties.containers, body.properties.empty, \
                body.properties.environmentId, body.properties.new and 1 more
                  vault-x1/API-KEY: to delete, not to change
                  bus-x1: other values at properties.url, sku.name, tags['a.b']
                  bus-x1/jobs: no longer to replace
                  bus-x1/more: to create, which was not planned
                  secret API_KEY: another value
                Review with `infra preview --save FILE`, then run `infra up --plan FILE`.
                """
        )
    }

    @Test func `what became unchanged elsewhere is no reason to refuse`() {
        let later = Self.saved(Plan(steps: SamplePlans.mixed.steps, unchanged: 60))
        #expect(Self.saved().differences(from: later).isEmpty)
    }
}
