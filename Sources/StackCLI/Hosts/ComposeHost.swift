import JSONText
import Renderers
import StackGraph

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Runs a stack in containers, through Docker Compose.
struct ComposeHost: StackHost {
    let graph: Graph
    let stage: String
    let palette: Palette
    let environment: UserEnvironment

    private var folder: RenderedFolder { RenderedFolder(RenderedFolder.usual, stage: stage, format: .compose) }

    /// The lines of each service's log that an error shows.
    private static let tail = 20

    func up() async throws {
        let rendering = await RenderFormat.render(graph, as: [.compose])[0]
        for line in try folder.write(rendering) { Terminal.error.write(line) }
        let compose = try await engine()
        let preparation = Tool(words: ["/bin/sh", "prepare.sh"], directory: folder.path, environment: values)
        guard try await preparation.run([]) else { throw Failure("\(folder.path)/prepare.sh failed; see above.") }
        guard try await compose.run(["up", "--detach", "--wait", "--remove-orphans"]) else {
            throw try await failure(compose)
        }
        for line in HostedServiceTable(palette: palette).lines(try await status(compose)) {
            Terminal.output.write(line)
        }
    }

    func down(purging: Bool) async throws {
        let words = ["down", "--remove-orphans"] + (purging ? ["--volumes"] : [])
        guard try await (try await engine()).run(words) else {
            throw Failure("Docker Compose could not stop the stack; see above.")
        }
    }

    func status() async throws -> [HostedService] { try await status(try await engine()) }

    func logs(of service: String?, lines: Int, follow: Bool) async throws {
        let compose = try await engine()
        var words = ["logs", "--tail", String(lines)] + (follow ? ["--follow"] : [])
        if let service { words.append(try ServiceNames(known: try await services(compose)).checked(service)) }
        guard try await compose.run(words) else {
            throw Failure("Docker Compose could not show the logs; see above.")
        }
    }

    // MARK: Compose

    /// Values of settings for the project, and of secrets for the files that it reads them from.
    private var values: [String: String] { environment.values(for: graph.settingNames) }

    /// Compose in either of its shapes, before an engine that answers.
    private func engine() async throws -> Tool {
        guard FileManager.default.fileExists(atPath: "\(folder.path)/compose.yaml") else {
            throw Failure("The stack was never started with Compose. Start it with `infra up --target compose`.")
        }
        let secrets = Set(graph.secrets.map(\.name))
        for words in [["docker", "compose"], ["docker-compose"]] {
            var compose = Tool(words: words, directory: folder.path)
            guard let version = try? await compose.answer(["version", "--short"]), version.isGood else { continue }
            let answer = try await compose.answer(["ls", "--quiet"])
            guard answer.isGood else { throw absence("No container engine answers: \(answer.text.onOneLine)") }
            compose.environment = values.filter { !secrets.contains($0.key) }
            return compose
        }
        throw absence("Docker Compose is not installed here.")
    }

    private func absence(_ reason: String) -> Failure {
        Failure(
            reason,
            "The project is in \(folder.path). Where there is an engine, start it with:",
            "  cd \(folder.path) && ./prepare.sh && docker compose up --detach --wait"
        )
    }

    /// The names of all services of the project.
    private func services(_ compose: Tool) async throws -> [String] {
        let answer = try await compose.answer(["config", "--services"])
        guard answer.isGood else { throw Failure("Docker Compose cannot read the project: \(answer.text.onOneLine)") }
        return answer.text.split(separator: "\n").map(String.init).sorted()
    }

    private func status(_ compose: Tool) async throws -> [HostedService] {
        let answer = try await compose.answer(["ps", "--all", "--format", "json"])
        guard answer.isGood else { throw Failure("Docker Compose does not say what runs: \(answer.text.onOneLine)") }
        // A document for each container, or one list of all, as versions have it.
        let documents = answer.text.split(separator: "\n").compactMap { try? JSON(parsing: String($0)) }
        return documents.flatMap { $0.array ?? [$0] }.compactMap(HostedService.init(container:))
            .sorted { $0.name < $1.name }
    }

    /// What did not become healthy, with the end of its log.
    private func failure(_ compose: Tool) async throws -> Failure {
        var lines = ["The stack did not become healthy; see above."]
        for service in (try? await status(compose)) ?? [] where service.health != .good {
            lines.append("\(service.name) is \(service.state):")
            let log = try await compose.answer(["logs", "--no-log-prefix", "--tail", String(Self.tail), service.name])
            lines += log.text.split(separator: "\n").map { "  \(String($0).withoutControls)" }
        }
        lines.append("What has started goes on; stop it with `infra down --target compose`.")
        return Failure(lines: lines, code: 1)
    }
}

extension HostedService {
    /// Reads what `docker compose ps` says of a container.
    ///
    /// Source: docs.docker.com/reference/cli/docker/compose/ps
    fileprivate init?(container json: JSON) {
        guard let name = json["Service"]?.string, let state = json["State"]?.string else { return nil }
        let words = json["Health"]?.string ?? ""
        let isDone = state == "exited" && json["ExitCode"]?.integer == 0
        let ports = (json["Publishers"]?.array ?? []).compactMap { publisher -> String? in
            guard let port = publisher["PublishedPort"]?.integer, port > 0 else { return nil }
            return "http://\(publisher["URL"]?.string ?? "127.0.0.1"):\(port)"
        }
        self.init(
            name: name,
            state: isDone ? "done" : words.isEmpty ? state : "\(state) (\(words))",
            health: isDone || state == "running" && ["", "healthy"].contains(words)
                ? .good : state == "running" && words == "starting" ? .pending : .bad,
            address: ports.first ?? ""
        )
    }
}
