import Settings

/// What an environment offers to sign in with, source by source.
struct EnvironmentOffer {
    private let environment: [String: String]
    private let cloud: AzureCloud
    private let connection: AzureConnection

    init(_ environment: [String: String], cloud: AzureCloud, connection: AzureConnection) {
        // A variable that is set to nothing is how shells and workflows spell one that is not set.
        let environment = environment.filter { !$0.value.isEmpty }
        var cloud = cloud
        if let host = environment["AZURE_AUTHORITY_HOST"] {
            // With or without a scheme, as Azure's own tools read it.
            cloud.authority = WebAddress(host) ?? WebAddress("https://\(host)") ?? cloud.authority
        }
        self.environment = environment
        self.cloud = cloud
        self.connection = connection
    }

    var clientSecret: CredentialChain.Source {
        source("the client secret", needing: ["AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"]) { values in
            ClientSecretCredential(
                cloud: cloud,
                tenant: values[0],
                clientID: values[1],
                secret: SecretValue(values[2]),
                connection: connection
            )
        }
    }

    var gitHub: CredentialChain.Source {
        let needed = [
            "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "AZURE_TENANT_ID", "AZURE_CLIENT_ID",
        ]
        return source("GitHub's token", needing: needed) { values in
            WebAddress(values[0]).map { address in
                let assertions = GitHubAssertion(
                    address: address,
                    requestToken: SecretValue(values[1]),
                    audience: cloud.federationAudience,
                    connection: connection
                )
                return federated(assertions, tenant: values[2], clientID: values[3])
            }
        }
    }

    var tokenFile: CredentialChain.Source {
        let needed = ["AZURE_FEDERATED_TOKEN_FILE", "AZURE_TENANT_ID", "AZURE_CLIENT_ID"]
        return source("the federated token file", needing: needed) { values in
            federated(FileAssertion(path: values[0]), tenant: values[1], clientID: values[2])
        }
    }

    var appService: CredentialChain.Source {
        source(AppServiceIdentityCredential.source, needing: ["IDENTITY_ENDPOINT", "IDENTITY_HEADER"]) { values in
            WebAddress(values[0]).map { endpoint in
                AppServiceIdentityCredential(
                    endpoint: endpoint,
                    header: SecretValue(values[1]),
                    clientID: environment["AZURE_CLIENT_ID"],
                    connection: connection
                )
            }
        }
    }

    func commandLine(_ commands: any CommandRunner) -> CredentialChain.Source {
        let tenant = environment["AZURE_TENANT_ID"]
        let credential = AzureCLICredential(tenant: tenant, commands: commands, connection: connection)
        return .init(name: AzureCLICredential.source, state: .ready(credential))
    }

    var virtualMachine: CredentialChain.Source {
        let clientID = environment["AZURE_CLIENT_ID"]
        let credential = InstanceMetadataCredential(cloud: cloud, clientID: clientID, connection: connection)
        return .init(name: InstanceMetadataCredential.source, state: .ready(credential))
    }

    func deviceCode(_ prompt: (any DeviceCodePrompt)?) -> CredentialChain.Source {
        let name = DeviceCodeCredential.source
        guard let prompt else { return .init(name: name, state: .skipped("nobody is there to type it")) }
        let tenant = environment["AZURE_TENANT_ID"]
        let credential = DeviceCodeCredential(cloud: cloud, tenant: tenant, prompt: prompt, connection: connection)
        return .init(name: name, state: .ready(credential))
    }

    private func federated(
        _ assertions: any AssertionSource,
        tenant: String,
        clientID: String
    ) -> FederatedCredential {
        FederatedCredential(
            cloud: cloud,
            tenant: tenant,
            clientID: clientID,
            assertions: assertions,
            connection: connection
        )
    }

    /// A source that needs variables, or the names of those that are missing.
    private func source(
        _ name: String,
        needing names: [String],
        _ make: ([String]) -> (any TokenCredential)?
    ) -> CredentialChain.Source {
        let missing = names.filter { environment[$0] == nil }
        guard missing.isEmpty else {
            let verb = missing.count == 1 ? "is" : "are"
            return .init(name: name, state: .skipped("\(missing.joined(separator: ", ")) \(verb) not set"))
        }
        guard let credential = make(names.compactMap { environment[$0] }) else {
            return .init(name: name, state: .skipped("\(names[0]) is no address"))
        }
        return .init(name: name, state: .ready(credential))
    }
}
