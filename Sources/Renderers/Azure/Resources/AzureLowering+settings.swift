import StackGraph

// What the settings of a service are in Azure.

/// The name of a setting, and what Azure puts there.
struct AzureSetting {
    let name: String
    let value: Value

    enum Value {
        case plain(ARMValue)
        case secret(SecretReference)
    }

    init(_ name: String, _ value: ARMValue) {
        self.name = name
        self.value = .plain(value)
    }

    init(_ name: String, secret: SecretReference) {
        self.name = name
        self.value = .secret(secret)
    }
}

extension AzureLowering {
    /// The settings of a service, in the order of the stack.
    ///
    /// Where the stack names a bus, Azure gets the host and the identity in place of a connection string with a key.
    /// Source: learn.microsoft.com/azure/azure-functions/functions-reference#configure-an-identity-based-connection
    mutating func settings(of service: ServiceNode, as identity: Symbol) -> [AzureSetting] {
        var settings: [AzureSetting] = []
        for variable in service.environment {
            switch variable.value {
            case .secret(let reference): settings.append(AzureSetting(variable.name, secret: reference))
            case .plain(.attribute(_, .bus)): settings += busSettings(variable.name, as: identity)
            case .plain(let term): settings.append(AzureSetting(variable.name, value(of: term)))
            }
        }
        // Source: learn.microsoft.com/dotnet/api/azure.identity.environmentcredential
        return settings + [AzureSetting("AZURE_CLIENT_ID", identity.property("clientId"))]
    }

    mutating func busSettings(_ name: String, as identity: Symbol) -> [AzureSetting] {
        [
            AzureSetting("\(name)__fullyQualifiedNamespace", busHost()),
            AzureSetting("\(name)__credential", "managedidentity"),
            AzureSetting("\(name)__clientId", identity.property("clientId")),
        ]
    }

    /// The host of the namespace, whose domain differs from cloud to cloud.
    ///
    /// The endpoint reads `https://NAME.servicebus.windows.net:443/`.
    private mutating func busHost() -> ARMValue {
        let endpoint = busSymbol.property("serviceBusEndpoint")
        let host = ARMVariable(
            name: "serviceBusHost",
            value: .call(.replace, [.call(.replace, [endpoint, "https://", ""]), ":443/", ""])
        )
        addVariable(host)
        return .variable(host)
    }

    private mutating func value(of term: Term) -> ARMValue {
        switch term {
        case .literal(let text): .string(text)
        case .attribute(let id, let attribute): value(of: attribute, of: id)
        case .joined(let parts): .joined(parts.map { value(of: $0) })
        }
    }

    private mutating func value(of attribute: Term.Attribute, of id: ResourceID) -> ARMValue {
        switch attribute {
        case .blobs: symbol(id).property("primaryEndpoints", "blob")
        case .bus: busHost()
        case .busEntity: symbol(id).nameInAzure
        case .cache: .joined(["rediss://", symbol(id).property("hostName"), ":10000"])
        case .database: .joined([symbol(id).property("documentEndpoint"), .string("dbs/\(id.name)")])
        case .hostname: hostname(of: id)
        case .modelDeployment: symbol(id.name, "deployment").nameInAzure
        case .modelEndpoint: .joined([symbol(id).property("endpoint"), "openai/v1"])
        case .tables: symbol(id).property("primaryEndpoints", "table")
        case .telemetry: insightsSymbol(id).property("ConnectionString")
        case .url: .joined(["https://", hostname(of: id)])
        }
    }

    mutating func hostname(of id: ResourceID) -> ARMValue {
        switch graph[id]?.kind {
        case .functionApp: symbol(id).property("defaultHostName")
        case .cache, .containerApp, .database, .modelDeployment, .queue, .registry, .secretStore, .storage,
            .subscription, .telemetry, .topic, nil:
            symbol(id).property("configuration", "ingress", "fqdn")
        }
    }
}
