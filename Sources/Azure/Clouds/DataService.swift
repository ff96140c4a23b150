import WebFormats

/// A service whose instances have addresses of their own, beside the one where resources are managed.
public enum DataService: String, Sendable, Hashable, CaseIterable {
    case blobs
    case documents
    case keyVault
    case registry
    case serviceBus
    case tables
    case website
    /// Where a website takes its package.
    case websiteDeployment
}

extension AzureCloud {
    /// Where an instance of a service answers: `https://NAME.vault.azure.net`.
    public func address(of service: DataService, named name: String) -> WebAddress? {
        switch addressing {
        case .hosts(let suffixes): WebAddress("https://\(name).\(suffixes.suffix(of: service))")
        case .paths(let base): base.appending(path: "/\(service.rawValue)/\(PercentEncoding.encode(name))")
        }
    }

    /// Where an instance of a service answers that has told its host: `chat-a1b2.scm.azurewebsites.net`.
    ///
    /// - Returns: `nil` where the host is none of this cloud's, which must not get a token.
    public func address(of service: DataService, at host: String) -> WebAddress? {
        switch addressing {
        case .hosts(let suffixes):
            // A host may have the name of its region before that of the service.
            let domain = service == .websiteDeployment ? suffixes.website : suffixes.suffix(of: service)
            guard host.lowercased().hasSuffix(".\(domain)"), let address = WebAddress("https://\(host)"),
                address.host == host.lowercased()
            else { return nil }
            return address
        case .paths: return address(of: service, named: String(host.prefix { $0 != "." }))
        }
    }

    /// What a token for a service is good for.
    ///
    /// Only the scope of Key Vault is known to differ between clouds; the others are taken to be the same.
    /// Sources: azure-cli-core `cloud.py`, learn.microsoft.com/azure/key-vault/general/authentication
    public func scope(of service: DataService) -> TokenScope {
        switch service {
        case .blobs, .tables: TokenScope(resource: "https://storage.azure.com")
        // The account's own address would do as well, but not where everything is on one server.
        case .documents: TokenScope(resource: "https://cosmos.azure.com")
        case .keyVault: TokenScope(resource: "https://\(vaultDomain)")
        case .registry: TokenScope(resource: "https://containerregistry.azure.net")
        case .serviceBus: TokenScope(resource: "https://servicebus.azure.net")
        case .website, .websiteDeployment: resourceManagerScope
        }
    }

    private var vaultDomain: String {
        switch addressing {
        case .hosts(let suffixes): suffixes.keyVault
        case .paths: DataServiceSuffixes.public.keyVault
        }
    }
}

/// How a cloud gives addresses to instances of services.
enum DataServiceAddressing: Sendable, Hashable {
    /// A host for each, as all real clouds do.
    case hosts(DataServiceSuffixes)
    /// A path for each on one server, which needs neither names nor certificates.
    case paths(WebAddress)
}

/// The domains under which instances have their hosts.
struct DataServiceSuffixes: Sendable, Hashable {
    let storage: String
    let documents: String
    let keyVault: String
    let registry: String
    let serviceBus: String
    let website: String

    func suffix(of service: DataService) -> String {
        switch service {
        case .blobs: "blob.\(storage)"
        case .documents: documents
        case .keyVault: keyVault
        case .registry: registry
        case .serviceBus: serviceBus
        case .tables: "table.\(storage)"
        case .website: website
        case .websiteDeployment: "scm.\(website)"
        }
    }

    static let `public` = DataServiceSuffixes(
        storage: "core.windows.net",
        documents: "documents.azure.com",
        keyVault: "vault.azure.net",
        registry: "azurecr.io",
        serviceBus: "servicebus.windows.net",
        website: "azurewebsites.net"
    )
    static let china = DataServiceSuffixes(
        storage: "core.chinacloudapi.cn",
        documents: "documents.azure.cn",
        keyVault: "vault.azure.cn",
        registry: "azurecr.cn",
        serviceBus: "servicebus.chinacloudapi.cn",
        website: "chinacloudsites.cn"
    )
    static let usGovernment = DataServiceSuffixes(
        storage: "core.usgovcloudapi.net",
        documents: "documents.azure.us",
        keyVault: "vault.usgovcloudapi.net",
        registry: "azurecr.us",
        serviceBus: "servicebus.usgovcloudapi.net",
        website: "azurewebsites.us"
    )
}
