/// Which part of Azure a request is for.
///
/// Clients that send everything to one address say it with the first word of the path, as in the storage emulator
/// (learn.microsoft.com/azure/storage/common/storage-use-azurite); others by the host name of Azure.
enum Plane: Sendable, Hashable {
    case management
    case token(tenant: String)
    /// The address that machines ask for tokens.
    case instanceMetadata
    /// The address that apps ask for tokens.
    case identityEndpoint
    /// What containers write.
    case console([String])
    case vault(String, [String])
    case blob(account: String, [String])
    case table(account: String, [String])
    case documents(account: String, [String])
    /// Where a site takes its packages.
    case deployment(site: String, [String])
    case website(site: String, [String])
    /// Where images are kept; the path begins with the repository.
    case registry(String, [String])
    /// Where registries give tokens.
    case registryTokens([String])

    private static let suffixes: [(String, @Sendable (String, [String]) -> Plane)] = [
        (".azurecontainerapps.dev", { .console($1) }),
        (".vault.azure.net", { .vault($0, $1) }),
        (".blob.core.windows.net", { .blob(account: $0, $1) }),
        (".table.core.windows.net", { .table(account: $0, $1) }),
        (".documents.azure.com", { .documents(account: $0, $1) }),
        (".scm.azurewebsites.net", { .deployment(site: $0, $1) }),
        (".azurewebsites.net", { .website(site: $0, $1) }),
        (
            ".azurecr.io",
            { name, path in
                path.first == "oauth2" ? .registryTokens(path) : .registry(name, Array(path.dropFirst()))
            }
        ),
    ]

    init(_ request: AzureRequest) {
        self = Self.plane(of: request)
    }

    private static func plane(of request: AzureRequest) -> Plane {
        let host = request.authority.lowercased().prefix { $0 != ":" }
        let segments = request.segments
        for (suffix, plane) in suffixes where host.hasSuffix(suffix) {
            return plane(String(host.dropLast(suffix.count)), segments)
        }
        return byPath(segments)
    }

    private static func byPath(_ segments: [String]) -> Plane {
        let rest = Array(segments.dropFirst(2))
        switch (segments.first?.lowercased(), segments.count) {
        case ("console", _): return .console(Array(segments.dropFirst()))
        case ("vault", 2...), ("keyvault", 2...): return .vault(segments[1].lowercased(), rest)
        case ("blob", 2...), ("blobs", 2...): return .blob(account: segments[1].lowercased(), rest)
        case ("table", 2...), ("tables", 2...): return .table(account: segments[1].lowercased(), rest)
        case ("documents", 2...): return .documents(account: segments[1].lowercased(), rest)
        case ("websitedeployment", 2...): return .deployment(site: segments[1].lowercased(), rest)
        case ("website", 2...): return .website(site: segments[1].lowercased(), rest)
        case ("v2", 2...): return .registry(segments[1].lowercased(), rest)
        case ("oauth2", 2): return .registryTokens(segments)
        case ("metadata", _): return .instanceMetadata
        case ("msi", _): return .identityEndpoint
        default:
            let isToken = segments.dropFirst().map { $0.lowercased() } == ["oauth2", "v2.0", "token"]
            return isToken ? .token(tenant: segments[0]) : .management
        }
    }

    /// Where the data of a resource is, as the resource tells.
    enum Data: String { case vault, blob, table, queue, file, dfs, web }
}
