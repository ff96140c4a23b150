import JSONText
import Renderers
import SampleStacks
import StackGraph
import StackModel
import Testing

@testable import Planning

struct SecretTests {
    @Test func `a fingerprint tells secrets, parameters and keys apart, and is the same every time`() {
        let maker = SecretFingerprint(key: 1...32)
        let one = maker.fingerprint(of: "hunter2", for: "key")
        #expect(one == maker.fingerprint(of: "hunter2", for: "key"))
        #expect(one != maker.fingerprint(of: "hunter3", for: "key"))
        #expect(one != maker.fingerprint(of: "hunter2", for: "other"))
        #expect(one != SecretFingerprint(key: 2...33).fingerprint(of: "hunter2", for: "key"))
        #expect(maker.fingerprint(of: "ab", for: "c") != maker.fingerprint(of: "b", for: "ca"))
        #expect(SecretFingerprint.isFingerprint(one) && !SecretFingerprint.isFingerprint("hmac-sha256:hunter2"))
    }

    // Computed with Python: hmac.new(bytes(range(1, 33)), b"3:keyhunter2", "sha256").hexdigest()
    @Test func `a fingerprint is an HMAC over the parameter and the secret`() {
        #expect(
            SecretFingerprint(key: 1...32).fingerprint(of: "hunter2", for: "key")
                == "hmac-sha256:049e902d29d9581caf066916dd73cd6ff94ddbcc0347d828f3727fabe22d8582"
        )
    }

    @Test func `a fingerprint's key is in no text`() {
        let maker = SecretFingerprint(key: Array("the key of all fingerprints 12345".utf8))
        var dumped = "\(maker)"
        dump(maker, to: &dumped)
        #expect(!dumped.contains("fingerprints 12345") && !dumped.contains("116"))
    }

    @Test func `a secret that nobody gives stays what it is`() throws {
        let graph = try SampleStacks.complete()
        var world = World()
        try world.apply(graph)
        world.secret = nil
        let plan = try world.plan(graph)
        #expect(plan.words == [] && plan.missingSecrets == [])
        world.secret = "another"
        #expect(
            try world.plan(graph).words.sorted() == [
                "~ secrets/API-KEY: properties.value", "~ secrets/TOKEN: properties.value",
            ]
        )
    }

    @Test func `a secret that must be written and that nobody gives is missing, under its own name`() throws {
        let graph = try SampleStacks.complete()
        var world = World()
        world.secret = nil
        #expect(try world.plan(graph).missingSecrets == ["API_KEY", "TOKEN"])
        world.secret = "canary"
        try world.apply(graph)
        world.secret = nil
        let secret = try #require(world.live.keys.first { $0.hasSuffix("/secrets/TOKEN") })
        world.live[secret] = world.live[secret]?.replacing(["properties", "contentType"], with: "text/html")
        #expect(try world.plan(graph).missingSecrets == ["TOKEN"])
    }

    @Test func `a secret that somebody else made is written over, and must be given`() throws {
        let graph = try SampleStacks.complete()
        var world = World()
        try world.apply(graph)
        world.applied = [:]
        world.secret = nil
        #expect(try world.plan(graph).missingSecrets == ["API_KEY", "TOKEN"])
    }

    @Test func `a value is sent as it is, and never with a secret or an unknown in it`() throws {
        let document: JSON = ["a": [1, .number("1.50e3"), true, nil, "x"], "b": ["c": [:]]]
        #expect(try Value(document).json() == document)
        let source = SecretParameter(name: "key", environment: "KEY")
        let secret = Value.object([.init("a", .list(["x", .secret(HiddenValue("s", of: source))]))])
        let place = PropertyPath([.member("a"), .index(1)])
        #expect(throws: UnsendableValue.secret(place, source)) { try secret.json() }
        let unknown = Value.object([.init("a", .expression("b.id"))])
        #expect(throws: UnsendableValue.unknown(PropertyPath([.member("a")]), "b.id")) { try unknown.json() }
        for word in ["yes", "[]", "\"x\"", "0x1F", " 1", ""] {
            #expect(throws: UnsendableValue.literal(PropertyPath(), word)) { try Value.literal(word).json() }
        }
    }

    @Test func `an update keeps the tags of others, and drops those of its own that are gone`() throws {
        let live: JSON = ["tags": ["Ours": "1", "gone": "2", "costCenter": "42"], "location": "x"]
        let applied = Value(["tags": ["ours": "0", "GONE": "2"]] as JSON)
        #expect(
            ForeignTags.kept(in: ["location": "x", "tags": ["ours": "3"], "sku": 1], of: live, applied: applied)
                == ["location": "x", "tags": ["ours": "3", "costCenter": "42"], "sku": 1]
        )
        #expect(
            ForeignTags.kept(in: ["properties": [:]], of: live, applied: applied)
                == ["properties": [:], "tags": ["costCenter": "42"]]
        )
        #expect(ForeignTags.kept(in: ["a": 1], of: ["b": 2], applied: nil) == ["a": 1])
    }
}
