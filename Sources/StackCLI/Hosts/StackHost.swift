import ArgumentParser
import JSONText
import StackGraph
import StackModel

/// What can run a stack on this machine once it is told how, and keeps it running without this program.
protocol StackHost {
    /// Renders the stack, starts it, and returns when all of it is healthy.
    ///
    /// - Throws: ``Failure``, where the host is missing or a service does not become healthy.
    func up() async throws

    /// Stops and removes what runs.
    ///
    /// - Parameter purging: Whether what services keep goes, too; also where they were removed before.
    /// - Throws: ``Failure``.
    func down(purging: Bool) async throws

    /// What the host knows of each service; nothing where none was started.
    ///
    /// - Throws: ``Failure``.
    func status() async throws -> [HostedService]

    /// Shows what services wrote.
    ///
    /// - Parameters:
    ///   - service: One of them, as the stack or ``status()`` names it; `nil` for all.
    ///   - lines: How many lines to begin with.
    ///   - follow: Whether to go on as more is written.
    /// - Throws: ``Failure``.
    func logs(of service: String?, lines: Int, follow: Bool) async throws
}

/// One service as its host knows it.
struct HostedService: Sendable, Hashable {
    enum Health: Sendable, Hashable { case good, pending, bad }

    let name: String
    /// In the words of the host: `running (healthy)`.
    let state: String
    let health: Health
    /// Where it can be reached, if the host says so.
    var address = ""
}

/// Where a stack runs.
enum RunTarget: String, ExpressibleByArgument, CaseIterable {
    /// Under this program's own supervisor.
    case local
    /// In containers, under Docker Compose.
    case compose
    case systemd
    case azure
}

/// What only hosts on this machine want to know.
struct HostOptions: ParsableArguments {
    @Flag(help: "With --target systemd: under your own service manager, not that of the machine.")
    var user = false

    /// The host of a stack; `nil` for targets that need none.
    func host(
        _ target: RunTarget,
        of graph: Graph,
        stage: String,
        portOffset: Int = 0,
        programs: String? = nil,
        palette: Palette,
        in environment: UserEnvironment
    ) throws -> (any StackHost)? {
        switch target {
        case .local, .azure: return nil
        case .compose:
            guard portOffset == 0 else {
                throw Failure(
                    "Compose takes ports from the environment, NAME_PORT=NUMBER; drop --port-offset.",
                    code: 64
                )
            }
            return ComposeHost(graph: graph, stage: stage, palette: palette, environment: environment)
        case .systemd:
            return SystemdHost(
                graph: graph,
                stage: stage,
                portOffset: portOffset,
                isOwn: user,
                programs: programs,
                palette: palette,
                environment: environment
            )
        }
    }
}

/// The services of a host as a table.
struct HostedServiceTable {
    let palette: Palette

    func lines(_ services: [HostedService]) -> [String] {
        TextTable(palette: palette).lines(
            ["SERVICE", "STATE", "ADDRESS"],
            services.map { service in
                [.init(service.name), .init(service.state, Self.color(of: service.health)), .init(service.address)]
            }
        )
    }

    private static func color(of health: HostedService.Health) -> Palette.Color {
        switch health {
        case .good: .green
        case .pending: .yellow
        case .bad: .red
        }
    }
}

extension HostedService {
    var json: JSON {
        [
            "name": .string(name), "state": .string(state), "healthy": .bool(health == .good),
            "address": .string(address),
        ]
    }
}
