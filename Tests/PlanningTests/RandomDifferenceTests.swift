import JSONText
import Renderers
import TestInstruments
import Testing

@testable import Planning

struct RandomDifferenceTests {
    /// How a value is written into a file of a format, and found there again.
    static let languages: [(path: FilePath, write: @Sendable (Value) -> String)] = [
        (FilePath(.bicep, "main.bicep"), { "var x = \(BicepText.of($0))\n" }),
        (FilePath(.arm, "azuredeploy.json"), { "{\"variables\":{\"x\":\($0.json.text)}}" }),
        (
            FilePath(.compose, "compose.yaml"),
            { "services:\n  x: \($0.json.text.replacing("\u{7F}", with: "\\x7F"))\n" }
        ),
    ]

    @Test(arguments: 0..<100)
    func `what a file says survives the way through its language`(seed: Int) throws {
        var random = RandomValues(seed: seed)
        let value = random.object(depth: 4)
        for language in Self.languages {
            let file = ReadFile(RenderedFile(language.path.path, language.write(value)), at: language.path)
            let things = try #require(file.things)
            let found = things[0].properties
            let read = language.path.format == .bicep ? found["value"] : found
            if language.path.format == .arm {
                // Brackets mean an expression there.
                #expect(read?.json.text.utf8.elementsEqual(value.json.text.utf8) == true)
            } else {
                #expect(read == value)
            }
        }
    }

    @Test(arguments: 0..<100)
    func `order makes no difference where it means nothing`(seed: Int) {
        var random = RandomValues(seed: seed)
        let value = random.object(depth: 4)
        let other = random.shuffled(value)
        #expect(ValueComparison.changes(from: value, to: value) == [])
        #expect(ValueComparison.changes(from: value, to: other) == [])
    }

    @Test(arguments: 0..<200)
    func `the changes lead from the old value to the new one`(seed: Int) {
        var random = RandomValues(seed: seed)
        let old = random.object(depth: 4)
        let new = random.edited(random.shuffled(old))
        let changes = ValueComparison.changes(from: old, to: new)
        #expect(ValueComparison.changes(from: old.applying(changes), to: new) == [])
    }

    @Test(arguments: 0..<500)
    func `no text makes the reader of Bicep stop the program`(seed: Int) {
        var generator = SeededGenerator(seed: seed)
        var bytes = Array(Self.sample.utf8)
        for _ in 0..<Int.random(in: 1...8, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: bytes.indices, using: &generator)
            switch Int.random(in: 0...3, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.removeSubrange(place..<min(place + Int.random(in: 1...20, using: &generator), bytes.count))
            case 2: bytes.insert(Array("'${}[]().?:!@#\n\\\"".utf8).randomElement(using: &generator) ?? 0, at: place)
            default: bytes += bytes[place...].prefix(30)
            }
        }
        let text = String(decoding: bytes, as: UTF8.self)
        // A reader that stands still would never come here.
        if let things = try? BicepDocument.things(text) { #expect(things.toldApart.count == things.count) }
        _ = try? BicepDocument.things(String(text.prefix(seed)), isParameters: true)
    }

    static let sample = """
        targetScope = 'resourceGroup'
        @description('What it''s for') @secure()
        param key string = newGuid()
        var a = [for (n, i) in items: { name: '${n}-${i}', value: i > 0 ? 'x' : '''
        long ''' }]
        resource chat 'Microsoft.App/containerApps@2025-01-01' = if (a.?b[0]! == null) {
          name: 'chat', parent: env::x
          properties: { 'k-y': [1, -2, true] /* c */ }
        }
        output o string[] = union(a, { b: chat.listKeys().keys[0].value ?? '\\u{1F600}\\n' })
        """

    @Test func `ten thousand resources are compared one with its own`() {
        let names = (0..<10_000).map { "r\($0)" }
        let write: ([String]) -> String = { names in
            names.map { "resource \($0) 'A/b@1' = {\n  name: '\($0)'\n  tags: { a: '1', b: '2' }\n}\n" }.joined()
        }
        let old: RenderedFiles = [.bicep: [RenderedFile("main.bicep", write(names))]]
        let changed = write(names.reversed()).replacing("name: 'r77'", with: "name: 'other'")
        let new: RenderedFiles = [.bicep: [RenderedFile("main.bicep", changed)]]
        #expect(Difference(from: old, to: new).counts == .init(changed: 1, unchanged: 9_999))
        #expect(TextDifference(from: old, to: old).isEmpty)
        #expect(TextDifference(from: old, to: new).files.count == 1)
    }
}
