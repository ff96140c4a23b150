import HTTPTypes
import JSONText

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// The parts of Azure that a deployment uses, as one value: a request and the time go in, an answer comes out.
///
/// It has no clock, no network and no files. Whatever looks random follows from the seed, so a run can be repeated.
///
/// ```swift
/// var azure = SimulatedAzure(configuration)
/// let answer = azure.handle(AzureRequest(.get, "https://management.azure.com/subscriptions?api-version=2022-12-01"), at: now)
/// ```
package struct SimulatedAzure: Sendable {
    let configuration: SimulatorConfiguration
    /// Everything that happened so far.
    package internal(set) var journal: Journal
    var groups: [String: ResourceGroup] = [:]
    var store = ResourceStore()
    var operations = OperationTable()
    var access = AccessControl()
    var directory: Directory
    var providers: ProviderRegistrations
    var deleted = DeletedResources()
    var revisions: [String: RevisionHistory] = [:]
    /// How many replicas an app has, where that is not what it has at least.
    var replicaCounts: [String: Int] = [:]
    var consoles = ConsoleLogs()
    var vaults: [String: VaultContents] = [:]
    var blobs: [String: BlobAccount] = [:]
    var tables: [String: TableAccount] = [:]
    var documents: [String: DocumentAccount] = [:]
    /// By the key of the registry.
    var registries: [String: RegistryContents] = [:]
    /// By the key of the site.
    var packages: [String: SitePackages] = [:]
    var failureCounts: [String: Int] = [:]
    var faults: FaultSource
    var source: SeededSource
    let issuer: TokenIssuer
    /// What the request that is being handled has written.
    var written: [String] = []

    package init(_ configuration: SimulatorConfiguration) {
        self.configuration = configuration
        self.journal = Journal(limit: configuration.journalLimit)
        self.directory = Directory(configuration.clients)
        self.providers = ProviderRegistrations(unregistered: configuration.unregisteredProviders)
        self.faults = FaultSource(rates: configuration.faults, seed: configuration.seed ^ 0x6661_756C_7473)
        self.source = SeededSource(seed: configuration.seed)
        self.issuer = TokenIssuer(seed: configuration.seed)
        giveConfiguredRoles()
    }

    /// Answers a request.
    package mutating func handle(_ request: AzureRequest, at now: Date) -> AzureResponse {
        settle(at: now)
        written = []
        let fault = faults.next()
        var response = answer(request, fault, at: now)
        decorate(&response, for: request)
        if request.method == .get || request.method == .head {
            response.delay = max(response.delay, configuration.readLatency)
        }
        if fault == .droppedAfter || fault == .droppedBefore { response.delivery = .dropped }
        if fault == .hang { response.delivery = .withheld }
        record(request, response, at: now)
        return response
    }

    private mutating func answer(_ request: AzureRequest, _ fault: Fault?, at now: Date) -> AzureResponse {
        switch fault {
        case .throttled(let wait): return throttled(Plane(request), wait: wait)
        case .serverError(let code): return failed(Plane(request), code)
        case .droppedBefore, .hang: return AzureResponse(.serviceUnavailable)
        case .droppedAfter, nil: return plane(request, at: now)
        }
    }

    private mutating func plane(_ request: AzureRequest, at now: Date) -> AzureResponse {
        switch Plane(request) {
        case .management: managementAnswer(request, at: now)
        case .token(let tenant): tokenAnswer(request, tenant: tenant, at: now)
        case .instanceMetadata: instanceMetadataAnswer(request, at: now)
        case .identityEndpoint: identityEndpointAnswer(request, at: now)
        case .console(let path): consoleAnswer(request, path, at: now)
        case .vault(let name, let path): vaultAnswer(request, vault: name, path, at: now)
        case .blob(let account, let path): blobAnswer(request, account: account, path, at: now)
        case .table(let account, let path): tableAnswer(request, account: account, path, at: now)
        case .documents(let account, let path): documentAnswer(request, account: account, path, at: now)
        case .deployment(let site, let path): deploymentAnswer(request, site: site, path, at: now)
        case .registry(let name, let path): registryAnswer(request, registry: name, path, at: now)
        case .registryTokens(let path): registryTokenAnswer(request, path, at: now)
        case .website(let site, let path): websiteAnswer(request, site: site, path, at: now)
        }
    }

    private mutating func record(_ request: AzureRequest, _ response: AzureResponse, at now: Date) {
        journal.record(
            Journal.Entry(
                number: 0,
                method: request.method,
                path: request.path,
                version: request.query("api-version"),
                status: response.status.code,
                code: response.header("x-ms-error-code"),
                delivery: response.delivery,
                at: now,
                fingerprint: Journal.fingerprint(of: request.body),
                written: written,
                watched: configuration.watchedTexts.filter { request.says($0) }
            )
        )
    }

    /// Adds what every answer has.
    ///
    /// Source: github.com/Azure/azure-resource-manager-rpc/blob/master/v1.0/common-api-details.md#client-request-id
    private mutating func decorate(_ response: inout AzureResponse, for request: AzureRequest) {
        let id = source.guid()
        response.headers.set("x-ms-request-id", id)
        response.headers.set(
            "x-ms-correlation-request-id",
            request.header("x-ms-correlation-request-id") ?? id
        )
        if request.header("x-ms-return-client-request-id")?.lowercased() == "true" {
            response.headers.set("x-ms-client-request-id", request.header("x-ms-client-request-id"))
        }
        let code = response.json?["error"]?["code"]?.string ?? response.json?["Code"]?.string
        if let code, response.header("x-ms-error-code") == nil { response.headers.set("x-ms-error-code", code) }
    }

    // MARK: Time

    /// How long a simulated time really takes.
    func paced(_ duration: Duration) -> TimeInterval {
        duration.inSeconds / max(configuration.speed, 0.001)
    }

    /// Whole seconds for `Retry-After`, which knows no parts of them.
    func seconds(of duration: Duration) -> Int { max(1, Int(paced(duration).rounded(.up))) }
}

extension AzureRequest {
    /// Whether a text is anywhere in it.
    fileprivate func says(_ text: String) -> Bool {
        path.contains(text) || query.contains { $0.value.contains(text) }
            || headers.contains { $0.value.contains(text) }
            || body.firstRange(of: text.utf8) != nil
    }
}

extension Duration {
    var inSeconds: TimeInterval {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
