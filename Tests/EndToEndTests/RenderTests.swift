import Foundation
import Renderers
import StackModel
import Testing
import ValidatorTools

@testable import StackCLI
@testable import infra

struct RenderTests {
    @Test(arguments: Lightening.Stage.allCases)
    func `the rendered files beside the stack are what the stack says`(stage: Lightening.Stage) async throws {
        let graph = try Lightening(stage: stage).stack.lowered()
        let root = "\(Validators.package)/\(RenderedFolder.usual)"
        for (format, rendering) in zip(
            RenderFormat.allCases,
            await RenderFormat.render(graph, as: RenderFormat.allCases)
        ) {
            let folder = RenderedFolder(root, stage: stage.rawValue, format: format)
            #expect(folder.differences(from: rendering) == [], "run `make render`")
        }
    }

    @Test func `a secret in the environment reaches no rendered byte, and no word about it`() async throws {
        let canary = "canary-of-a-rendering"
        let system = try LocalSystem(environment: ["OPENAI_API_KEY": canary, "JWT_SIGNING_KEY": canary])
        defer { try? FileManager.default.removeItem(at: system.folder) }
        var words = ""
        for arguments in [["render", "--all-stages"], ["render", "--stage", "production", "--strict"]] {
            let result = try await system.infra(arguments)
            words += result.output + result.errors
        }
        #expect(words.contains("wrote infra/rendered/dev/bicep/main.bicep"))
        let files = try FileManager.default.subpathsOfDirectory(atPath: system.folder.path)
        for file in files {
            words += String(
                decoding: FileManager.default.contents(atPath: "\(system.folder.path)/\(file)") ?? Data(),
                as: UTF8.self
            )
        }
        #expect(words.contains("readEnvironmentVariable('OPENAI_API_KEY')"))
        #expect(!words.contains(canary))
    }
}
