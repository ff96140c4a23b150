import Renderers
import Testing

@testable import Planning

struct DocumentTests {
    @Test func `an ARM template has resources by symbol or by type and name`() throws {
        let symbolic = try ARMDocument.things(
            #"{"languageVersion":"2.0","resources":{"chat":{"type":"A/b","apiVersion":"1","name":"[[x]"}}}"#
        )
        #expect(
            symbolic == [
                Thing(.init(.document, ""), .object([.init("languageVersion", "2.0")])),
                Thing(
                    .init(.resource, type: "A/b", "chat"),
                    .object([.init("apiVersion", "1"), .init("name", "[[x]")])
                ),
            ]
        )
        let listed = try ARMDocument.things(
            #"""
            {"resources":[{"type":"A/b","name":"[format('{0}', 'x')]"},{"type":"A/c","name":"d","scope":"[e]"}],
            "variables":{"v":1},"outputs":{"o":{}}}
            """#
        )
        #expect(
            listed == [
                Thing(.init(.resource, type: "A/b", "[format('{0}', 'x')]"), .empty),
                Thing(.init(.resource, type: "A/c", "d on [e]"), .object([.init("scope", .expression("[e]"))])),
                Thing(.init(.variable, "v"), .literal("1")), Thing(.init(.output, "o"), .empty),
            ]
        )
    }

    @Test func `a Compose file has services, volumes and the rest`() throws {
        let things = try ComposeDocument.things(
            """
            name: shop
            x-logs: &logs
              driver: local
            services:
              chat:
                image: "chat:1"
                logging:
                  <<: *logs
                environment:
                  - PORT=8080
                  - EMPTY=
                  - FROM_HOST
                replicas: 2
                quoted: "2"
            volumes:
              data:
            """
        )
        #expect(
            things == [
                Thing(
                    .init(.document, ""),
                    .object([.init("name", "shop"), .init("x-logs", .object([.init("driver", "local")]))])
                ),
                Thing(
                    .init(.service, "chat"),
                    .object([
                        .init("image", "chat:1"), .init("logging", .object([.init("driver", "local")])),
                        .init(
                            "environment",
                            .object([.init("PORT", "8080"), .init("EMPTY", ""), .init("FROM_HOST", .null)])
                        ),
                        .init("replicas", .literal("2")), .init("quoted", "2"),
                    ])
                ),
                Thing(.init(.volume, "data"), .null),
            ]
        )
    }

    @Test func `aliases cannot make a short file endless`() {
        let text = (1...30).reduce("services: {}\na0: &a0 [x, x]\n") { text, index in
            text + "a\(index): &a\(index) [*a\(index - 1), *a\(index - 1)]\n"
        }
        #expect(throws: ReadingError("its aliases stand for too much", line: nil)) {
            try ComposeDocument.things(text)
        }
    }

    @Test func `a unit has sections with directives, lists and words`() throws {
        let things = try UnitDocument.things(
            """
            # A comment.
            [Unit]
            Description=Chat
            After=network.target broker.service
            After=a.socket

            [Service]
            Environment="A=b c" 'D=e' F=\\x41\\
            G=h
            Environment=A=z
            LoadCredential=KEY:/etc/key
            SetCredential=OTHER:hunter2
            ExecStart=/bin/chat --port 1 \\
            ; a comment in between
                --verbose
            ExecStartPre=one
            ExecStartPre=two
            [Unit]
            Wants=
            """
        )
        #expect(
            things == [
                Thing(
                    .init(.section, "Unit"),
                    .object([
                        .init("Description", "Chat"),
                        .init("After", .list(["network.target", "broker.service", "a.socket"])), .init("Wants", ""),
                    ])
                ),
                Thing(
                    .init(.section, "Service"),
                    .object([
                        .init(
                            "Environment",
                            .object([.init("A", "z"), .init("D", "e"), .init("F", "A"), .init("G", "h")])
                        ),
                        .init("LoadCredential", .object([.init("KEY", "/etc/key")])),
                        .init("SetCredential", .object([.init("OTHER", .secret(HiddenValue("hunter2")))])),
                        .init("ExecStart", "/bin/chat --port 1  --verbose"),
                        .init("ExecStartPre", .list(["one", "two"])),
                    ])
                ),
            ]
        )
    }

    static let faults: [(path: FilePath, text: String, error: ReadingError)] = [
        (FilePath(.arm, "azuredeploy.json"), "{\n  \"a\": }", ReadingError("unexpected '}' at byte 9", line: 2)),
        (FilePath(.arm, "azuredeploy.json"), "[]", ReadingError("it holds no object", line: 1)),
        (
            FilePath(.functions, "app/host.json"), #"{"a":1,"a":2}"#,
            ReadingError("the name 'a' stands twice in one object, at byte 7", line: 1)
        ),
        (FilePath(.compose, "compose.yaml"), "- a", ReadingError("it holds no mapping", line: 1)),
        (FilePath(.compose, "compose.yaml"), "a: [", ReadingError("did not find expected node content", line: 2)),
        (
            FilePath(.compose, "compose.yaml"), "a: 1\na: 2\n",
            ReadingError("'a' stands twice in one mapping", line: 1)
        ),
        (
            FilePath(.systemd, "chat.service"), "[Unit]\nnonsense",
            ReadingError("neither a section nor a directive of one", line: 2)
        ),
        (
            FilePath(.systemd, "chat.service"), "A=b",
            ReadingError("neither a section nor a directive of one", line: 1)
        ),
    ]

    @Test(arguments: faults)
    func `a fault names its line`(row: (path: FilePath, text: String, error: ReadingError)) {
        #expect(ReadFile(RenderedFile(row.path.path, row.text), at: row.path).error == row.error)
    }

    @Test func `things of one identity are told apart`() throws {
        let things = try BicepDocument.things("resource a 'T@1' = {}\nresource a 'T@1' = {}\n").toldApart
        #expect(things.map(\.id.name) == ["a", "a (2)"])
    }
}
