import Renderers
import Testing

@testable import Planning

struct DifferenceTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let what: String
        let path: FilePath
        let old: String
        let new: String
        /// What changed: the thing, the path, and how.
        let changes: [String]
        var testDescription: String { what }
    }

    static let bicep = FilePath(.bicep, "main.bicep")
    static let arm = FilePath(.arm, "azuredeploy.json")
    static let compose = FilePath(.compose, "compose.yaml")
    static let unit = FilePath(.systemd, "chat.service")
    static let function = FilePath(.functions, "app/Handle/function.json")

    static func app(_ body: String) -> String { "resource chat 'A/b@1' = {\n\(body)\n}\n" }

    static let rows = [
        Row(
            what: "layout and comments",
            path: bicep,
            old: "var a = { b: 1 }",
            new: "// new\nvar a = {\n  b: 1\n}\n",
            changes: []
        ),
        Row(
            what: "the order of declarations",
            path: bicep,
            old: "var a = 1\nvar b = 2",
            new: "var b = 2\nvar a = 1",
            changes: []
        ),
        Row(
            what: "a property deep inside, known by names",
            path: bicep,
            old: app(
                "properties: { template: { containers: [{ name: 'chat', env: [{ name: 'A', value: '1' }, { name: 'PORT', value: '1' }] }] } }"
            ),
            new: app(
                "properties: { template: { containers: [{ name: 'chat', env: [{ name: 'PORT', value: '2' }, { name: 'A', value: '1' }] }] } }"
            ),
            changes: [#"chat properties.template.containers[chat].env[PORT].value: string("1") > string("2")"#]
        ),
        Row(
            what: "probes in another order",
            path: bicep,
            old: app("probes: [{ type: 'a' }, { type: 'b' }]"),
            new: app("probes: [{ type: 'b' }, { type: 'a' }]"),
            changes: []
        ),
        Row(
            what: "probes of one type are told by their places",
            path: bicep,
            old: app("probes: [{ type: 'a', p: 1 }, { type: 'a', p: 2 }]"),
            new: app("probes: [{ type: 'a', p: 2 }, { type: 'a', p: 1 }]"),
            changes: [
                #"chat probes[0].p: literal("1") > literal("2")"#, #"chat probes[1].p: literal("2") > literal("1")"#,
            ]
        ),
        Row(
            what: "dependencies in another order",
            path: bicep,
            old: app("dependsOn: [a, b]"),
            new: app("dependsOn: [b, a]"),
            changes: []
        ),
        Row(
            what: "a dependency more",
            path: bicep,
            old: app("dependsOn: [a]"),
            new: app("dependsOn: [b, a]"),
            changes: [#"chat dependsOn[b]: + expression("b")"#]
        ),
        Row(
            what: "arguments keep their order",
            path: bicep,
            old: app("args: ['x', 'y', 'z']"),
            new: app("args: ['x', 'z', 'y']"),
            changes: [#"chat args[1]: string("y") > string("z")"#, #"chat args[2]: string("z") > string("y")"#]
        ),
        Row(
            what: "an argument in the middle",
            path: bicep,
            old: app("args: ['x', 'z']"),
            new: app("args: ['x', 'y', 'z']"),
            changes: [#"chat args[1]: + string("y")"#]
        ),
        Row(
            what: "an argument less",
            path: bicep,
            old: app("args: ['x', 'y', 'z']"),
            new: app("args: ['x', 'z']"),
            changes: [#"chat args[1]: - string("y")"#]
        ),
        Row(
            what: "spelling of a location",
            path: bicep,
            old: app("location: 'East US'"),
            new: app("location: 'eastus'"),
            changes: []
        ),
        Row(
            what: "capitals of an id",
            path: bicep,
            old: app("id: '/subscriptions/A/resourceGroups/B'"),
            new: app("id: '/SUBSCRIPTIONS/a/resourcegroups/b'"),
            changes: []
        ),
        Row(
            what: "capitals of anything else",
            path: bicep,
            old: app("kind: 'Linux'"),
            new: app("kind: 'linux'"),
            changes: [#"chat kind: string("Linux") > string("linux")"#]
        ),
        Row(
            what: "another spelling of a character",
            path: bicep,
            old: app("name: 'caf\u{E9}'"),
            new: app("name: 'cafe\u{301}'"),
            changes: ["chat name: string(\"caf\u{E9}\") > string(\"cafe\u{301}\")"]
        ),
        Row(
            what: "a version of a type",
            path: bicep,
            old: "resource a 'T@1' = {}",
            new: "resource a 'T@2' = {}",
            changes: [#"a apiVersion: string("1") > string("2")"#]
        ),
        Row(
            what: "a type",
            path: bicep,
            old: "resource a 'T@1' = {}",
            new: "resource a 'U@1' = {}",
            changes: ["a -", "a +"]
        ),
        Row(
            what: "a text that becomes an expression",
            path: bicep,
            old: "var a = 'b'",
            new: "var a = b",
            changes: [#"a value: string("b") > expression("b")"#]
        ),
        Row(
            what: "members in another order",
            path: arm,
            old: #"{"resources":{"a":{"type":"T","x":1,"y":2}}}"#,
            new: #"{"resources":{"a":{"y":2,"x":1,"type":"T"}}}"#,
            changes: []
        ),
        Row(
            what: "what the template says about itself",
            path: arm,
            old: #"{"contentVersion":"1.0.0.0"}"#,
            new: #"{"contentVersion":"1.0.0.1"}"#,
            changes: [#" contentVersion: string("1.0.0.0") > string("1.0.0.1")"#]
        ),
        Row(
            what: "a list of variables that becomes a mapping",
            path: compose,
            old: "services: {a: {environment: [A=1]}}",
            new: "services: {a: {environment: {A: '1'}}}",
            changes: []
        ),
        Row(
            what: "sets of Compose",
            path: compose,
            old: "services: {a: {cap_drop: [A, B], depends_on: [x, y], volumes: ['v:/v', 'w:/w']}}",
            new: "services: {a: {cap_drop: [B, A], depends_on: [y, x], volumes: ['w:/w', 'v:/v']}}",
            changes: []
        ),
        Row(
            what: "long ports are known by their target",
            path: compose,
            old: "services: {a: {ports: [{target: 1, published: '1'}, {target: 2, published: '2'}]}}",
            new: "services: {a: {ports: [{target: 2, published: '2'}, {target: 1, published: '9'}]}}",
            changes: [#"a ports[1].published: string("1") > string("9")"#]
        ),
        Row(
            what: "a number that becomes a text",
            path: compose,
            old: "services: {a: {x: 1}}",
            new: "services: {a: {x: '1'}}",
            changes: [#"a x: literal("1") > string("1")"#]
        ),
        Row(
            what: "a service",
            path: compose,
            old: "services: {a: {}}",
            new: "services: {a: {}, b: {}}",
            changes: ["b +"]
        ),
        Row(
            what: "wants over several lines",
            path: unit,
            old: "[Unit]\nAfter=a b\n",
            new: "[Unit]\nAfter=b\nAfter=a\n",
            changes: []
        ),
        Row(
            what: "a variable of a unit",
            path: unit,
            old: "[Service]\nEnvironment=A=1 B=2\n",
            new: "[Service]\nEnvironment=B=2\nEnvironment=A=3\n",
            changes: [#"Service Environment.A: string("1") > string("3")"#]
        ),
        Row(
            what: "a name that is no word",
            path: function,
            old: #"{"tags":{"a.b":1}}"#,
            new: #"{"tags":{"a.b":2}}"#,
            changes: [#" tags['a.b']: literal("1") > literal("2")"#]
        ),
        Row(
            what: "bindings are known by name",
            path: function,
            old: #"{"bindings":[{"name":"a","x":1},{"name":"b"}]}"#,
            new: #"{"bindings":[{"name":"b"},{"name":"a"}]}"#,
            changes: [#" bindings[a].x: - literal("1")"#]
        ),
    ]

    @Test(arguments: rows)
    func `a change is told by its path, and what makes no difference is not told`(row: Row) {
        let difference = Difference(from: files(row.path, row.old), to: files(row.path, row.new))
        #expect(difference.files.flatMap(\.words) == row.changes)
        #expect(difference.files.flatMap(\.notes) == [])
        #expect(difference.respelled == (row.changes.isEmpty ? [row.path] : []))
    }

    @Test func `counts are of things, and a text is one`() {
        let old: RenderedFiles = [
            .bicep: [RenderedFile("main.bicep", "var a = 1\nvar b = 1\nvar c = 1\n")],
            .systemd: [RenderedFile("install.sh", "one\n"), RenderedFile("same.sh", "same\n")],
        ]
        let new: RenderedFiles = [
            .bicep: [RenderedFile("main.bicep", "var b = 2\nvar c = 1\nvar d = 1\n")],
            .systemd: [RenderedFile("install.sh", "two\n"), RenderedFile("same.sh", "same\n")],
            .diagram: [RenderedFile("graph.mmd", "new\n")],
        ]
        let difference = Difference(from: old, to: new)
        #expect(difference.counts == .init(added: 2, changed: 2, removed: 1, unchanged: 2))
        #expect(difference.wholeFormats == [.diagram: .added])
        #expect(
            difference.files.map(\.path.description) == ["bicep/main.bicep", "systemd/install.sh", "diagram/graph.mmd"]
        )
        #expect(difference.files.map(\.fate) == [.changed, .changed, .added])
        #expect(Difference(from: new, to: new).isEmpty)
    }

    @Test func `a file that cannot be read is compared line by line, with a note`() throws {
        let old = files(Self.bicep, "param a string\nmodule m './m.bicep' = {}\n")
        let file = try #require(Difference(from: old, to: files(Self.bicep, "param a string\n")).files.first)
        #expect(file.notes == [.unreadable(.old, ReadingError("'module' is not read here", line: 2))])
        guard case .lines(let lines) = file.content else { throw ReadingError("things", line: nil) }
        #expect(
            lines.hunks.flatMap(\.lines).map { $0.mark.rawValue + $0.text } == [
                " param a string", "-module m './m.bicep' = {}",
            ]
        )
    }

    @Test func `a file of an unknown kind is compared line by line, with a note`() throws {
        let path = FilePath(.compose, "extra.toml")
        let file = try #require(Difference(from: files(path, "a"), to: files(path, "b")).files.first)
        #expect(file.notes == [.unknownKind])
    }

    @Test func `a program that becomes a plain file is a change`() throws {
        let old: RenderedFiles = [.systemd: [RenderedFile("install.sh", "x", isExecutable: true)]]
        let new: RenderedFiles = [.systemd: [RenderedFile("install.sh", "x")]]
        let file = try #require(Difference(from: old, to: new).files.first)
        #expect(file.becomesExecutable == false)
        #expect(TextDifference(from: old, to: new).files.first?.isExecutable == false)
    }

    private func files(_ path: FilePath, _ contents: String) -> RenderedFiles {
        [path.format: [RenderedFile(path.path, contents)]]
    }
}

extension FileDifference {
    /// The changes, one a line, as the rows of tests write them.
    fileprivate var words: [String] {
        guard case .things(let changes) = content else { return ["lines"] }
        return changes.flatMap { thing in
            switch thing.change {
            case .added: ["\(thing.id.name) +"]
            case .removed: ["\(thing.id.name) -"]
            case .changed(let properties): properties.map { "\(thing.id.name) \($0.path): \($0.words)" }
            }
        }
    }
}

extension PropertyChange {
    fileprivate var words: String {
        switch change {
        case .added(let value): "+ \(value.words)"
        case .removed(let value): "- \(value.words)"
        case .changed(let old, let new): "\(old.words) > \(new.words)"
        }
    }
}

extension Value {
    /// Byte for byte, so that the tests tell apart what Swift calls equal.
    fileprivate var words: String {
        switch self {
        case .string(let text): "string(\"\(text)\")"
        case .literal(let text): "literal(\"\(text)\")"
        case .expression(let text): "expression(\"\(text)\")"
        case .list, .object, .secret: "\(self)"
        }
    }
}
