import Contracts
import Planning
import Renderers
import SampleStacks
import StackGraph
import StackModel
import Testing
import ValidatorTools

@testable import infra

@Suite(.enabled(if: Validators.areExpected, Validators.missing), .timeLimit(.minutes(5)))
struct AzureDocumentTests {
    @Test func `Bicep, template and requests say the same, and the linter has nothing to say`() async throws {
        let documents = try Self.stacks().map { try AzureDocuments($0) }
        let verdict = try await Validators.python(
            "azure.py",
            input: AzureDocuments.question(documents, schemas: nil)
        )
        #expect(verdict.isAccepted, "\(verdict.words)")
    }

    @Test(.enabled(if: Validators.haveSchemas, Validators.noSchemas))
    func `every request fits the official schema of its type`() async throws {
        let documents = try Self.stacks().map { try AzureDocuments($0) }
        let verdict = try await Validators.python(
            "azure.py",
            input: AzureDocuments.question(documents, schemas: Validators.schemas)
        )
        #expect(verdict.isAccepted, "\(verdict.words)")
    }

    @Test func `hundreds of random stacks, with texts that mean something to a format, say the same in each`()
        async throws
    {
        let documents = try (0..<200).map { try AzureDocuments(RandomStack(seed: $0).graph) }
        let schemas = Validators.haveSchemas ? Validators.schemas : nil
        let verdict = try await Validators.python(
            "azure.py",
            input: AzureDocuments.question(documents, schemas: schemas)
        )
        #expect(verdict.isAccepted, "\(verdict.words.prefix(4000))")
    }

    @Test func `Checkov finds nothing but what is accepted with a reason`() async throws {
        var files: [(path: String, contents: String)] = []
        for stage in Lightening.Stage.allCases {
            let graph = try Lightening(stage: stage).stack.lowered()
            let rendered = RenderFormat.bicep.render(graph).files + RenderFormat.arm.render(graph).files
            for file in rendered where file.path == "main.bicep" || file.path == "azuredeploy.json" {
                files.append(("\(stage)-\(file.path)", file.contents))
            }
        }
        let verdict = try await Validators.withFolder(of: files) { try await Validators.python("policy.py", $0) }
        #expect(verdict.isAccepted, "\(verdict.words)")
    }

    static func stacks() throws -> [Graph] {
        try Lightening.Stage.allCases.map { try Lightening(stage: $0).stack.lowered() }
            + [
                SampleStacks.small(), SampleStacks.complete(), Stack("nothing", []).lowered(),
                Stack("logs", [Telemetry("logs")]).lowered(),
            ]
    }
}
