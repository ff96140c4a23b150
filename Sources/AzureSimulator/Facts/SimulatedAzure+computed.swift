import JSONText
import Renderers

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// What Azure finds out by itself and tells with a resource.
//
// Sources: the read-only properties of the official descriptions, and the addresses of
// learn.microsoft.com/azure/security/fundamentals/azure-domains

extension SimulatedAzure {
    func computed(_ resource: Resource, _ call: Call) -> JSON {
        guard let kind = resource.facts.kind else { return [:] }
        let properties: JSON? =
            switch kind {
            case .cache, .cacheDatabase, .containerApp, .containerEnvironment, .plan, .registry, .site:
                hostingProperties(kind, resource, call)
            case .identity, .roleAssignment, .roleDefinition: accessProperties(kind, resource)
            case .namespace, .queue, .rule, .subscription, .topic: busProperties(kind, resource)
            case .databaseAccount, .database, .databaseContainer, .modelAccount, .storageAccount, .table,
                .blobContainer:
                dataProperties(kind, resource, call)
            case .secret, .vault: vaultProperties(kind, resource, call)
            case .insights, .workspace: telemetryProperties(kind, resource)
            case .blobService, .cacheUser, .databaseUser, .diagnostics, .modelDeployment, .publishingPolicy,
                .siteSettings, .tableService, .image, .package:
                nil
            }
        return properties.map { ["properties": $0] } ?? [:]
    }

    private func hostingProperties(_ kind: ResourceType, _ resource: Resource, _ call: Call) -> JSON {
        let name = resource.name.lowercased()
        let region = resource.region ?? "westeurope"
        switch kind {
        case .cache: return ["hostName": .string("\(name).\(region).redis.azure.net"), "resourceState": "Running"]
        case .cacheDatabase: return ["resourceState": "Running", "redisVersion": "7.4"]
        case .containerEnvironment:
            return [
                "defaultDomain": .string(domain(of: resource)), "staticIp": "10.0.0.4",
                "eventStreamEndpoint": eventStream(of: resource, call),
            ]
        case .containerApp: return containerAppProperties(resource, call)
        case .plan:
            return [
                "status": "Ready", "geoRegion": .string(Region.displayName(region)),
                "subscription": .string(configuration.subscription),
                "numberOfSites": JSON(sites(on: resource.key)),
            ]
        case .registry:
            return [
                "loginServer": .string(loginServer(of: name, call)),
                "creationDate": .string(resource.createdAt.formatted(.iso8601)),
            ]
        default: return siteProperties(name, resource)
        }
    }

    /// Where a registry is; on one server with all else, its name begins the names of its repositories.
    private func loginServer(of name: String, _ call: Call) -> String {
        switch configuration.addresses {
        case .asInAzure: Self.registryHost(name)
        case .onLoopback: "\(call.request.authority)/\(name)"
        }
    }

    /// The domain of an environment: a word of its own, then the region.
    private func domain(of environment: Resource) -> String {
        let region = environment.region ?? "westeurope"
        return "sim-\(environment.clientID.prefix(8)).\(region).azurecontainerapps.io"
    }

    private func sites(on plan: String) -> Int {
        store.all.count {
            $0.facts.kind == .site && $0.body["properties"]?["serverFarmId"]?.string?.lowercased() == plan
        }
    }

    private func containerAppProperties(_ app: Resource, _ call: Call) -> JSON {
        let properties = app.body["properties"] ?? [:]
        let environment = (properties["environmentId"] ?? properties["managedEnvironmentId"])?.string
        let domain = environment.flatMap { store[$0.lowercased()] }.map { self.domain(of: $0) } ?? "internal"
        var told: JSON = [
            "outboundIpAddresses": ["20.0.0.4"], "runningStatus": "Running",
            "eventStreamEndpoint": eventStream(of: app, call),
        ]
        if properties["configuration"]?["ingress"]?.members != nil {
            let host = properties["configuration"]?["ingress"]?["external"] == true ? domain : "internal.\(domain)"
            let name = "\(app.name).\(host)"
            told = told.overlaid(by: ["configuration": ["ingress": ["fqdn": .string(name)]]])
        }
        guard let history = revisions[app.key], let latest = history.all.last else { return told }
        let ready = history.all.last { $0.isReady(at: call.now) }
        return told.overlaid(
            by: .compact([
                "latestRevisionName": .string(latest.name), "latestReadyRevisionName": ready.map { .string($0.name) },
                "latestRevisionFqdn": .string("\(latest.name).\(domain)"),
            ])
        )
    }

    private func eventStream(of resource: Resource, _ call: Call) -> JSON {
        .string("\(consoleOrigin(of: resource, call))\(consolePath(of: resource))/eventstream")
    }

    private func siteProperties(_ name: String, _ site: Resource) -> JSON {
        let host = "\(name).azurewebsites.net"
        let repository = "\(name).scm.azurewebsites.net"
        return [
            "state": "Running", "hostNames": [.string(host)], "defaultHostName": .string(host),
            "enabledHostNames": [.string(host), .string(repository)], "availabilityState": "Normal",
            "hostNameSslStates": [
                ["name": .string(host), "sslState": "Disabled", "hostType": "Standard"],
                ["name": .string(repository), "sslState": "Disabled", "hostType": "Repository"],
            ],
            "resourceGroup": .string(Place(site.identifier.scope).group ?? ""),
        ]
    }

    private func accessProperties(_ kind: ResourceType, _ resource: Resource) -> JSON {
        guard kind == .identity else {
            let scope = resource.identifier.scope
            let moment = JSON.string(resource.createdAt.formatted(.iso8601))
            return kind == .roleAssignment ? ["scope": .string(scope), "createdOn": moment] : ["createdOn": moment]
        }
        return [
            "principalId": .string(resource.principalID), "clientId": .string(resource.clientID),
            "tenantId": .string(configuration.tenant),
        ]
    }

    private func busProperties(_ kind: ResourceType, _ resource: Resource) -> JSON {
        let moments: JSON = [
            "createdAt": .string(resource.createdAt.formatted(.iso8601)),
            "updatedAt": .string(resource.changedAt.formatted(.iso8601)),
        ]
        guard kind == .namespace else { return kind == .rule ? [:] : moments }
        let host = "https://\(resource.name.lowercased()).servicebus.windows.net:443/"
        let isActive = resource.state == .succeeded
        return moments.overlaid(
            by: ["serviceBusEndpoint": .string(host), "status": isActive ? "Active" : "Activating"]
        )
    }

    private func dataProperties(_ kind: ResourceType, _ resource: Resource, _ call: Call) -> JSON {
        let name = resource.name.lowercased()
        switch kind {
        case .databaseAccount:
            let endpoint = "https://\(name).documents.azure.com:443/"
            return ["documentEndpoint": .string(endpoint), "instanceId": .string(resource.clientID)]
        case .database, .databaseContainer:
            return ["resource": ["_rid": .string(String(resource.clientID.prefix(8))), "_etag": .string(resource.tag)]]
        case .modelAccount:
            let domain = resource.body["properties"]?["customSubDomainName"]?.string
            let host = domain.map { "\($0).openai.azure.com" } ?? "\(resource.region ?? "").api.cognitive.microsoft.com"
            return [
                "endpoint": .string("https://\(host)/"), "dateCreated": .string(resource.createdAt.formatted(.iso8601)),
            ]
        case .table: return ["tableName": .string(resource.name)]
        case .blobContainer: return leaseProperties(of: resource, at: call.now).overlaid(by: ["hasLegalHold": false])
        default:
            let endpoints = [Plane.Data.blob, .table, .queue, .file, .dfs, .web].map { data in
                JSON.Member(data.rawValue, endpoint(data, of: name, call))
            }
            return [
                "primaryEndpoints": .object(endpoints), "primaryLocation": .string(resource.region ?? ""),
                "statusOfPrimary": "available", "creationTime": .string(resource.createdAt.formatted(.iso8601)),
            ]
        }
    }

    private func vaultProperties(_ kind: ResourceType, _ resource: Resource, _ call: Call) -> JSON {
        guard kind == .secret, let vault = resource.identifier.parent else {
            return ["vaultUri": endpoint(.vault, of: resource.name, call)]
        }
        let address = (endpoint(.vault, of: vault.name, call).string ?? "") + "secrets/\(resource.name)"
        let version = vaults[vault.key]?.current(resource.name)?.id
        return .compact([
            "secretUri": .string(address), "secretUriWithVersion": version.map { .string("\(address)/\($0)") },
        ])
    }

    private func telemetryProperties(_ kind: ResourceType, _ resource: Resource) -> JSON {
        guard kind == .insights else { return ["customerId": .string(resource.clientID)] }
        let region = resource.region ?? "westeurope"
        let connection = """
            InstrumentationKey=\(resource.clientID);\
            IngestionEndpoint=https://\(region)-1.in.applicationinsights.azure.com/;\
            LiveEndpoint=https://\(region).livediagnostics.monitor.azure.com/;ApplicationId=\(resource.principalID)
            """
        return [
            "InstrumentationKey": .string(resource.clientID), "ConnectionString": .string(connection),
            "AppId": .string(resource.principalID), "ApplicationId": .string(resource.name),
            "Name": .string(resource.name), "TenantId": .string(configuration.tenant),
            "CreationDate": .string(resource.createdAt.formatted(.iso8601)),
        ]
    }
}
