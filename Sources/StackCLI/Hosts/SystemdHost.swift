import Renderers
import StackGraph
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Runs a stack as services of systemd: of the machine, or of the user.
struct SystemdHost: StackHost {
    let graph: Graph
    let stage: String
    let portOffset: Int
    /// Whether the services are the user's own.
    let isOwn: Bool
    /// The folder of the programs, where somebody says it.
    let programs: String?
    let palette: Palette
    let environment: UserEnvironment

    private static let tail = 20

    private var folder: RenderedFolder { RenderedFolder(RenderedFolder.usual, stage: stage, format: .systemd) }
    private var renderer: SystemdRenderer { SystemdRenderer(portOffset: portOffset) }
    private var target: String { "\(graph.name).target" }
    private var scope: [String] { isOwn ? ["--user"] : [] }
    private var manager: Tool { Tool(words: ["systemctl"] + scope) }

    func up() async throws {
        for line in try folder.write(renderer.render(graph)) { Terminal.error.write(line) }
        try await checkManager()
        let programs = try await installedPrograms()
        guard try await script("install.sh", ["--bin", programs]) else {
            throw Failure("\(folder.path)/install.sh failed; see above.", code: Failure.configuration)
        }
        // Services of type notify have started when they say so; sockets hold connections until then.
        let isStarted = try await manager.run(["restart", target])
        let services = try await status()
        for line in HostedServiceTable(palette: palette).lines(services) { Terminal.output.write(line) }
        let bad = services.filter { $0.health != .good }
        guard isStarted, bad.isEmpty else { throw try await failure(bad) }
    }

    func down(purging: Bool) async throws {
        // That of an older version may know less; the units that it belongs to are listed where they were installed.
        _ = try folder.write(Rendering(files: [renderer.uninstallScript(of: graph)], limitations: []))
        guard try await script("uninstall.sh", purging ? ["--purge"] : []) else {
            throw Failure("\(folder.path)/uninstall.sh failed; see above.")
        }
    }

    /// What the manager knows of each unit.
    ///
    /// Source: freedesktop.org/software/systemd/man/systemctl.html, `show`
    func status() async throws -> [HostedService] {
        try await checkManager()
        let (units, ports) = (units, renderer.ports(of: graph))
        let answer = try await manager.answer(
            ["show", "--property=Id,LoadState,ActiveState,SubState", "--"] + units
        )
        guard answer.isGood else { throw Failure("systemd does not say what runs: \(answer.text.onOneLine)") }
        let services = answer.text.split(separator: "\n\n").compactMap { block in
            let pairs = block.split(separator: "\n").compactMap { line -> (String, String)? in
                line.firstIndex(of: "=").map { (String(line[..<$0]), String(line[line.index(after: $0)...])) }
            }
            return HostedService(unit: Dictionary(pairs) { $1 }, besides: units, ports)
        }
        guard !services.isEmpty else { throw Failure.nothingRuns }
        return services
    }

    func logs(of service: String?, lines: Int, follow: Bool) async throws {
        let journal = Tool(words: ["journalctl"] + scope)
        let units = try (service.map(units) ?? units).flatMap { [isOwn ? "--user-unit" : "--unit", $0] }
        guard try await journal.run(units + ["--lines", String(lines)] + (follow ? ["--follow"] : ["--no-pager"]))
        else {
            throw Failure("The journal could not be read; see above.")
        }
    }

    // MARK: The machine

    private var units: [String] {
        renderer.render(graph).files.map(\.path).filter { $0.hasSuffix(".service") || $0.hasSuffix(".socket") }.sorted()
    }

    /// The units of a service, or the one unit that is meant.
    private func units(of service: String) throws -> [String] {
        if units.contains(service) { return [service] }
        let known = renderer.units(of: graph)
        return known[try ServiceNames(known: known.keys.sorted()).checked(service)] ?? []
    }

    private func checkManager() async throws {
        let answer = try? await manager.answer(["show", "--property=Version"])
        guard let answer, answer.isGood else {
            throw Failure(
                "No service manager answers here\(answer.map { ": \($0.text.onOneLine)" } ?? ".")",
                "The units are in \(folder.path). Where systemd runs, install them with:",
                "  \(folder.path)/install.sh\(isOwn ? " --user" : "") && systemctl \((scope + ["restart", target]).joined(separator: " "))"
            )
        }
    }

    private func script(_ name: String, _ arguments: [String] = []) async throws -> Bool {
        // Secrets that have no value yet are taken from the environment.
        let values = environment.values(for: graph.secrets.map(\.name))
        return try await Tool(words: ["\(folder.path)/\(name)"] + scope, environment: values).run(arguments)
    }

    /// The folder of the programs; those of the machine are copied to where services may read them.
    private func installedPrograms() async throws -> String {
        if let programs { return URL(filePath: programs).path }
        let built = try LocalStack.executable().removingLastComponent().string
        if isOwn { return built }
        let folder = SystemdRenderer.programFolder(of: graph)
        let sources = renderer.programs(of: graph).map { "\(built)/\($0)" }
        let install = Tool(words: ["install", "--mode=755", "-D", "--target-directory", folder, "--"])
        guard try await install.run(sources) else {
            throw Failure(
                "The programs cannot be copied from \(built) to \(folder).",
                "Build them with `swift build`, and run the command as root; or use --user."
            )
        }
        return folder
    }

    /// What did not start, with the end of its log.
    private func failure(_ services: [HostedService]) async throws -> Failure {
        var lines = ["The stack did not start whole."]
        for service in services {
            lines.append("\(service.name) is \(service.state):")
            let journal = Tool(words: ["journalctl"] + scope)
            let unit = isOwn ? "--user-unit" : "--unit"
            let log = try? await journal.answer([
                unit, service.name, "--lines", "\(Self.tail)", "--no-pager", "--output", "cat",
            ])
            lines += (log?.text ?? "").split(separator: "\n").map { "  \(String($0).withoutControls)" }
        }
        lines.append("What has started goes on; remove it with `infra down --target systemd`.")
        return Failure(lines: lines, code: 1)
    }
}

extension HostedService {
    /// Reads the properties of a unit; one that a socket starts may well be at rest.
    fileprivate init?(unit: [String: String], besides units: [String], _ ports: [String: Int]) {
        guard let name = unit["Id"], let active = unit["ActiveState"], unit["LoadState"] != "not-found" else {
            return nil
        }
        let socket = name.hasSuffix(".service") ? "\(name.dropLast(".service".count)).socket" : ""
        let mayRest = units.contains(socket) && active == "inactive"
        let health: Health =
            switch active {
            case "active": .good
            case "activating", "reloading", "deactivating": .pending
            default: mayRest ? .good : .bad
            }
        self.init(
            name: name,
            state: mayRest ? "asleep" : "\(active) (\(unit["SubState"] ?? ""))",
            health: health,
            address: ports[name].map { "http://127.0.0.1:\($0)" } ?? ""
        )
    }
}
