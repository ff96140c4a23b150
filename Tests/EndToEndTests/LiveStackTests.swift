import AzureSimulator
import Foundation
import JSONText
import Subprocess
import SystemPackage
import Testing

/// What a deployed stack tells, with the real program.
struct LiveStackTests {
    @Test func `the status of a deployed stack is that of its apps and resources`() async throws {
        try await AzureSystem.running { system in
            try await system.plant()
            let app = "\(system.group)/providers/Microsoft.App/containerApps/chat"
            await system.simulation.setReplicas(2, of: app)
            await system.simulation.remove(
                "\(system.group)/providers/Microsoft.OperationalInsights/workspaces/telemetry"
            )
            let shown = try await system.infra("status", "--target", "azure")
            #expect(shown.code == 0, "\(shown.errors)")
            #expect(shown.output.hasPrefix("lightening-dev in the resource group lightening-dev (westeurope)\n"))
            let chat = shown.output.split(separator: "\n").first { $0.hasPrefix("chat ") }
            #expect(chat?.contains("https://chat.") ?? false, "\(shown.output)")
            #expect(chat?.contains("2") ?? false)
            #expect(chat?.hasSuffix("Healthy") ?? false)
            #expect(shown.output.contains(/telemetry +Microsoft.OperationalInsights\/workspaces +missing/))
            let json = try JSON(parsing: try await system.infra("status", "--target", "azure", "--json").output)
            let chatJSON = json["apps"]?.array?.first { $0["name"] == "chat" }
            #expect(chatJSON?["replicas"] == 2)
            #expect(chatJSON?["revisions"]?.array?.first?["health"] == "Healthy")
            let missing = json["resources"]?.array?.filter { $0["exists"] == false } ?? []
            #expect(missing.count == 1)
        }
    }

    @Test func `the outputs are those of the template, with what Azure tells`() async throws {
        try await AzureSystem.running { system in
            try await system.plant()
            let result = try await system.infra("outputs", "--json")
            #expect(result.code == 0, "\(result.errors)")
            let json = try JSON(parsing: result.output)
            #expect(json["chatUrl"]?.string?.hasPrefix("https://chat.") ?? false)
            #expect(json["imagesServer"]?.string?.contains("/images") ?? false)
            #expect(json["functionsName"]?.string?.hasPrefix("functions-") ?? false)
            let lines = try await system.infra("outputs").output.split(separator: "\n")
            #expect(lines.count == json.members?.count)
            await system.simulation.remove("\(system.group)/providers/Microsoft.App/containerApps/chat")
            let less = try JSON(parsing: try await system.infra("outputs", "--json").output)
            #expect(less["chatUrl"] == nil)
            #expect(less["imagesServer"] != nil)
        }
    }

    @Test(arguments: [["status", "--target", "azure"], ["outputs"], ["logs", "--target", "azure"]])
    func `a stack that was never deployed is said to be not there`(words: [String]) async throws {
        try await AzureSystem.running { system in
            let result = try await system.local.infra(words)
            #expect(result.code == 1)
            #expect(result.errors.contains("There is no resource group 'lightening-dev'"), "\(result.errors)")
        }
    }

    @Test func `who cannot sign in, or names no subscription, learns what to mend`() async throws {
        try await AzureSystem.running(environment: ["AZURE_CLIENT_SECRET": "wrong-secret-77"]) { system in
            let result = try await system.infra("status", "--target", "azure")
            #expect(result.code == 78)
            #expect(result.errors.contains("AADSTS7000215"), "\(result.errors)")
            #expect(result.errors.contains("Set AZURE_CLIENT_SECRET"))
            #expect(!result.errors.contains("wrong-secret-77"))
        }
        try await AzureSystem.running { system in
            let result = try await system.infra("outputs", "--subscription", "99999999-1111-4111-8111-111111111111")
            #expect(result.code == 78)
            #expect(result.errors.contains("9999"), "\(result.errors)")
        }
    }

    // MARK: Logs

    @Test func `the last lines of every replica are shown, with where they come from`() async throws {
        try await AzureSystem.running { system in
            try await system.plant()
            let app = "\(system.group)/providers/Microsoft.App/containerApps/chat"
            let none = try await system.infra("logs", "chat", "--target", "azure")
            #expect(none.code == 0)
            #expect(none.errors.contains("chat has no replica now: it is scaled to zero"), "\(none.errors)")
            await system.simulation.setReplicas(2, of: app)
            for index in 0..<5 {
                await system.simulation.write("first \(index)", as: app)
                await system.simulation.write("second \(index)", as: app, replica: 1)
            }
            let shown = try await system.infra("logs", "chat", "--target", "azure", "--lines", "2")
            #expect(shown.code == 0, "\(shown.errors)")
            let lines = shown.output.split(separator: "\n").map(String.init)
            #expect(lines.count == 4)
            #expect(lines.allSatisfy { $0.contains(/^chat +[0-9a-f]{5} │ (first|second) [34]$/) }, "\(lines)")
            #expect(Set(lines.compactMap { $0.split(separator: " ").dropFirst().first }).count == 2)
            let functions = try await system.infra("logs", "functions", "--target", "azure")
            #expect(functions.errors.contains("Application Insights"), "\(functions.errors)")
            let unknown = try await system.infra("logs", "chut", "--target", "azure")
            #expect(unknown.code == 64)
        }
    }

    @Test func `logs are followed through streams that end, and no line is lost or told twice`() async throws {
        try await AzureSystem.running { system in
            try await system.plant()
            let app = "\(system.group)/providers/Microsoft.App/containerApps/chat"
            await system.simulation.setReplicas(1, of: app)
            await system.simulation.write("line 0", as: app)
            let simulation = system.simulation
            let result = try await Subprocess.run(
                .path(.init(LocalSystem.program)),
                arguments: ["logs", "chat", "-f", "--lines", "1", "--target", "azure"],
                environment: .custom(system.local.variables),
                workingDirectory: .init(system.local.folder.path),
                input: .none,
                output: .sequence,
                error: .discarded
            ) { execution in
                var words = ""
                var seen = 0
                for try await buffer in execution.standardOutput {
                    words += buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
                    while seen < words.count(where: { $0 == "\n" }) {
                        seen += 1
                        switch seen {
                        case 1: await simulation.write("line 1", as: app)
                        case 2:
                            await simulation.endStreams()
                            await simulation.write("line 2", as: app)
                        case 3: await simulation.write("line 3", as: app)
                        default: try execution.send(signal: .kill)
                        }
                    }
                }
                return words.split(separator: "\n").map { $0.split(separator: "│").last.map(String.init) ?? "" }
            }
            #expect(result.closureResult == [" line 0", " line 1", " line 2", " line 3"])
        }
    }
}
