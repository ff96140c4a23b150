import Foundation
import JSONText
import Renderers
import SampleStacks
import StackGraph
import Testing
import ValidatorTools

/// What Docker Compose itself says of the files.
@Suite(.enabled(if: Validators.areExpected, Validators.missing))
struct ComposeValidationTests {
    @Test(arguments: ComposeSamples.given + ComposeSamples.all.suffix(60))
    func `Compose accepts a project, and reads all of its variables`(sample: ComposeSample) async throws {
        try await sample.withProject { folder in
            let verdict = try await compose("--env-file", ".env", "config", "--quiet", in: folder)
            #expect(verdict.isAccepted && verdict.words.isEmpty, "\(verdict.words)")
        }
    }

    @Test func `Compose hands over settings and arguments as they were written`() async throws {
        let texts = RandomStack.hostileTexts
        let names = texts.indices.map { "TEXT_\($0)" }
        let graph = Graph.container(
            arguments: texts,
            contract: names.map { .init(name: $0, isRequired: true, isSecret: false) },
            environment: zip(names, texts).map { Variable(name: $0, value: .plain(.literal($1))) }
        )
        try await ComposeSample(name: "texts", graph: graph).withProject { folder in
            let verdict = try await compose("config", "--format", "json", in: folder)
            let service = try JSON(parsing: verdict.words)["services"]?["app"]
            // Compose prints text such that it would read it again.
            let arguments = try #require(service?["command"]?.array?.map { $0.string?.replacing("$$", with: "$") })
            #expect(arguments == texts)
            for (name, text) in zip(names, texts) {
                let value = service?["environment"]?[name]?.string?.replacing("$$", with: "$")
                #expect(value?.unicodeScalars.elementsEqual(text.unicodeScalars) == true, "\(text.debugDescription)")
            }
        }
    }

    @Test func `a required setting that only .env can give stops the start until it does`() async throws {
        let model = ModelNode(model: "m", version: "1", capacity: 1)
        let app = Graph.container(
            contract: [.init(name: "MODEL", isRequired: true, isSecret: false)],
            environment: [Variable(name: "MODEL", value: .plain(.attribute(ResourceID("model"), .modelEndpoint)))]
        )
        let nodes = app.nodes + [Node(id: ResourceID("model"), kind: .modelDeployment(model))]
        let sample = ComposeSample(name: "model", graph: Graph(name: "g", nodes: nodes))
        try await sample.withProject(filling: false) { folder in
            let refusal = try await compose("config", "--quiet", in: folder)
            #expect(!refusal.isAccepted && refusal.words.contains("MODEL"))
            try Data("MODEL=http://m".utf8).write(to: URL(filePath: "\(folder)/.env"))
            #expect(try await compose("config", "--quiet", in: folder).isAccepted)
        }
    }

    private func compose(_ words: String..., in folder: String) async throws -> Validators.Verdict {
        try await Validators.tool("docker-compose", words, in: folder)
    }
}

extension ComposeSample {
    /// Calls a body with a folder that holds the rendered files, and an `.env` in which every variable has a value.
    func withProject(filling: Bool = true, _ body: (String) async throws -> Void) async throws {
        let rendering = ComposeRenderer().render(graph)
        var files = rendering.files.map { (path: $0.path, contents: $0.contents) }
        if filling {
            let example = try rendering.file(".env.example").split(separator: "\n", omittingEmptySubsequences: false)
            let lines = example.map { $0.hasSuffix("=") && !$0.hasPrefix("#") ? "\($0)x" : "\($0)" }
            files.append((path: ".env", contents: lines.joined(separator: "\n")))
        }
        try await Validators.withFolder(of: files, body)
    }
}
