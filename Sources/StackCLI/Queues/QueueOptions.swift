import ArgumentParser
import AsyncHTTPClient
import Azure
import Deployment
import Messaging
import Renderers
import Settings
import StackGraph
import StackModel
import Supervisor

/// Which stack a command about queues means, and where it runs.
struct QueueOptions<Definition: StackDefinition>: ParsableArguments {
    @Option(help: "Where the stack runs: \(CommandTarget.allValueStrings.joined(separator: " or ")).")
    var target = CommandTarget.local

    @OptionGroup var stage: StageOptions<Definition>
    @OptionGroup var azure: AzureOptions

    func graph() throws -> Graph { try stage.stack().lowered() }

    /// Finds the bus of the stack, and hands it on with a notice of Ctrl-C.
    ///
    /// On this machine a bus that the environment or `.env` names wins over the stack's broker, as for `infra up`; in
    /// Azure it is always that of the stack, which takes no key.
    func withBus(
        of graph: Graph,
        in environment: UserEnvironment,
        _ body: (Bus, SignalNotice) async throws -> Void
    ) async throws {
        switch target {
        case .local:
            let (connection, origin) = try connection(of: graph, in: environment)
            try await Self.withClient { client in
                let credential = SharedAccessCredential(connection)
                try await Bus(endpoint: connection.endpoint, credential: credential, client: client, origin: origin)
                    .explaining(body)
            }
        case .azure:
            try await azure.withDeployment(of: graph, in: environment) { session, template in
                try await Self.withClient { client in
                    try await Bus(of: template, in: session, client: client).explaining(body)
                }
            }
        }
    }

    private func connection(
        of graph: Graph,
        in environment: UserEnvironment
    ) throws -> (ConnectionString, Bus.Origin) {
        for name in graph.busSettings {
            guard let text = environment.value(for: name) else { continue }
            do {
                return (try ConnectionString(parsing: SecretValue(text)), .variable(name))
            } catch {
                throw Failure("\(name): \(error)", code: Failure.configuration)
            }
        }
        let directory = StateDirectory()
        guard let record = RunRecord.current(in: directory),
            let broker = record.services.first(where: { $0.name == LocalPlan.brokerName }),
            let port = WebAddress(broker.address)?.port,
            let key = try LocalSecrets(in: directory).existingValue(for: BrokerProgram.keyVariable)
        else { throw Failure.nothingRuns }
        guard record.stage == stage.stage else {
            throw Failure("The stage '\(record.stage)' runs here. Name it with --stage \(record.stage).", code: 64)
        }
        let text = BrokerProgram.connection(port: port, key: key.unsafeRevealed)
        return (try ConnectionString(parsing: SecretValue(text)), .local)
    }

    private static func withClient(_ body: (HTTPClient) async throws -> Void) async throws {
        let client = HTTPClient(configuration: .messaging)
        do {
            try await body(client)
        } catch {
            try? await client.shutdown()
            throw error
        }
        try await client.shutdown()
    }
}

extension Graph {
    /// The settings that lead to the bus, each once.
    fileprivate var busSettings: [String] {
        let names = nodes.compactMap(\.service).flatMap(\.environment).filter { variable in
            guard case .plain(let term) = variable.value else { return false }
            return term.attributes.contains { if case .bus = $0.attribute { true } else { false } }
        }
        .map(\.name)
        return Set(names).sorted()
    }
}

extension Bus {
    /// The bus of a deployed stack, opened by whoever has signed in.
    init(of template: ARMTemplate, in session: AzureSession, client: HTTPClient) async throws {
        let live = try await LiveStack(reading: template, in: session) { $0.type == .namespace && !$0.isExisting }
        guard let namespace = live.resources.first(where: { $0.document != nil })?.id.name,
            let address = session.cloud.address(of: .serviceBus, named: namespace)
        else { throw Failure("The stack has no bus in Azure yet. Deploy it with `infra up --target azure`.") }
        let scheme: BusEndpoint.Scheme =
            switch address.scheme {
            case .http: .http
            case .https: .https
            }
        let standardPort = scheme == .http ? 80 : 443
        self.init(
            endpoint: BusEndpoint(
                scheme: scheme,
                host: address.host,
                port: address.port == standardPort ? nil : address.port
            ),
            root: address.path.isEmpty ? "" : "\(address.path.dropFirst())/",
            credential: IdentityCredential(session.tokens),
            client: client,
            origin: .azure(namespace: namespace)
        )
    }

    /// Does something with the bus under a watch for Ctrl-C, and puts what the bus refuses into words.
    fileprivate func explaining(_ body: (Bus, SignalNotice) async throws -> Void) async throws {
        do {
            try await SignalNotice.during { try await body(self, $0) }
        } catch let error as MessagingError {
            throw failure(error)
        }
    }
}
