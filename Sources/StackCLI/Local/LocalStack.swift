import AsyncHTTPClient
import JSONText
import Messaging
import Renderers
import ServiceBusEmulator
import Settings
import StackGraph
import StackModel
import Supervisor
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A graph prepared to run on this machine: its plan, and the files that the plan needs.
struct LocalStack {
    let plan: LocalPlan
    let directory: StateDirectory
    let environment: UserEnvironment
    let executables: String
    private let brokerConnection: ConnectionString

    /// Prepares a graph.
    ///
    /// - Parameters:
    ///   - graph: What to run.
    ///   - directory: What the run leaves on disk.
    ///   - portOffset: What is added to every usual port.
    ///   - scalesToZero: Whether apps that scale to zero sleep here too.
    ///   - environment: The user's environment, with `.env` behind it.
    /// - Throws: ``Failure``, `LocalPlanError` or ``StateError`` for what is missing or cannot be written.
    init(
        _ graph: Graph,
        in directory: StateDirectory,
        portOffset: Int = 0,
        scalesToZero: Bool = false,
        environment: UserEnvironment
    ) throws {
        try directory.create()
        var secrets = try LocalSecrets(in: directory)
        let key = try secrets.value(for: BrokerProgram.keyVariable)
        let overrides = environment.values(for: graph.settingNames)
        var generated: [String: SecretValue] = [:]
        for name in graph.generatedSecretNames where overrides[name] == nil {
            generated[name] = try secrets.value(for: name)
        }
        try writeAtomically(graph.brokerDocument.bytes, to: directory.broker)
        let executable = try Self.executable()
        let brokerPort = BrokerProgram.port + portOffset
        self.plan = try LocalPlan(
            graph,
            in: LocalContext(
                overrides: overrides,
                generatedSecrets: generated,
                dataDirectory: directory.data,
                portOffset: portOffset,
                sleepAfter: scalesToZero ? try Self.idleTime(environment) : nil,
                broker: LocalContext.Broker(
                    executable: executable.lastComponent?.string ?? "infra",
                    arguments: [
                        "emulator", "--port", String(brokerPort), "--data", "\(directory.data)/broker",
                        "--configuration", directory.broker,
                    ],
                    environment: [BrokerProgram.keyVariable: key],
                    port: brokerPort,
                    keyName: BrokerProgram.keyName,
                    key: key
                )
            )
        )
        self.brokerConnection = try ConnectionString(
            parsing: SecretValue(BrokerProgram.connection(port: brokerPort, key: key.unsafeRevealed))
        )
        self.directory = directory
        self.environment = environment
        self.executables = executable.removingLastComponent().string
    }

    /// Counts the messages of a queue of the local broker.
    var backlog: BacklogCount {
        let (endpoint, credential) = (brokerConnection.endpoint, SharedAccessCredential(brokerConnection))
        return { queue in
            try await ServiceBusQueue(queue, at: endpoint, credential: credential, client: .shared).counts().active
        }
    }

    /// How long an app goes on that nobody needs.
    private static func idleTime(_ environment: UserEnvironment) throws -> Duration {
        guard let text = environment.value(for: ScaleToZero.variable) else { return .seconds(ScaleToZero.seconds) }
        guard let seconds = Int(text), (1...86_400).contains(seconds) else {
            throw Failure(
                "\(ScaleToZero.variable) must be a number of seconds from 1 to 86400.",
                code: Failure.configuration
            )
        }
        return .seconds(seconds)
    }

    /// The program that runs now; the services' programs lie beside it.
    static func executable() throws -> FilePath {
        let link = "/proc/self/exe"
        if let path = try? FileManager.default.destinationOfSymbolicLink(atPath: link) { return FilePath(path) }
        guard let path = CommandLine.arguments.first, path.contains("/") else {
            throw Failure("The folder of this program is unknown. Call it by its path.")
        }
        return FilePath(path)
    }

    /// The executables of the plan that are not there.
    var missingExecutables: [String] {
        Set(plan.processes.map(\.executable)).sorted()
            .filter { !FileManager.default.isExecutableFile(atPath: "\(executables)/\($0)") }
    }
}

extension Graph {
    /// Every setting that a service of the stack reads, and every secret that the stack names.
    var settingNames: Set<String> {
        Set(services.flatMap { $0.contract.map(\.name) } + secrets.map(\.name))
    }

    var generatedSecretNames: [String] {
        secrets.filter { $0.origin == .generated }.map(\.name)
    }

    private var services: [ServiceNode] { nodes.compactMap(\.service) }

    var secrets: [SecretNode] {
        nodes.flatMap { node in if case .secretStore(let store) = node.kind { store.secrets } else { [SecretNode]() } }
    }
}
