import JSONText
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

    init(_ graph: Graph, in directory: StateDirectory, portOffset: Int = 0, environment: UserEnvironment) throws {
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
        self.directory = directory
        self.environment = environment
        self.executables = executable.removingLastComponent().string
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
