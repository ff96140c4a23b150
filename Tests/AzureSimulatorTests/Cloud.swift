import AzureSimulator
import Foundation
import HTTPTypes
import JSONText
import Settings
import Testing

/// A simulated Azure without a network, on a clock that only tests move.
struct Cloud {
    static let owner = SimulatedClient(
        clientID: "aaaaaaaa-0000-4000-8000-000000000001",
        objectID: "aaaaaaaa-0000-4000-8000-000000000002",
        secret: SecretValue("the owner's secret"),
        roles: [
            .init("Owner"), .init("Key Vault Secrets Officer"), .init("Storage Blob Data Owner"),
            .init("Storage Table Data Contributor"),
        ]
    )
    static let host = "https://management.azure.com"

    var azure: SimulatedAzure
    var now = Date(timeIntervalSince1970: 1_767_225_600)
    let configuration: SimulatorConfiguration

    init(_ change: (inout SimulatorConfiguration) -> Void = { _ in }) {
        var configuration = SimulatorConfiguration()
        configuration.clients = [Self.owner]
        change(&configuration)
        self.configuration = configuration
        self.azure = SimulatedAzure(configuration)
    }

    var subscription: String { "/subscriptions/\(configuration.subscription)" }
    var group: String { "\(subscription)/resourceGroups/stack" }

    mutating func advance(_ seconds: Double) {
        now = now.addingTimeInterval(seconds)
    }

    /// Sends a request as the owner, to the management plane unless it names another host.
    mutating func send(
        _ method: HTTPRequest.Method,
        _ address: String,
        _ body: JSON? = nil,
        headers: HTTPFields = [:],
        as client: SimulatedClient = owner,
        audience: String = "https://management.azure.com"
    ) -> AzureResponse {
        var headers = headers
        if headers[.authorization] == nil {
            headers[.authorization] = "Bearer \(azure.token(for: client, audience: audience, at: now))"
        }
        let whole = address.hasPrefix("/") ? Self.host + address : address
        return azure.handle(AzureRequest(method, whole, headers: headers, body: body?.bytes ?? []), at: now)
    }

    mutating func makeGroup() {
        _ = send(.put, "\(group)?api-version=2025-04-01", ["location": "westeurope"])
    }

    /// The address of a resource in the group, with its version.
    func address(_ path: String, _ version: String) -> String { "\(group)/providers/\(path)?api-version=\(version)" }

    /// Writes a resource and lets time pass until it is there.
    @discardableResult
    mutating func create(_ path: String, _ version: String, _ body: JSON) -> AzureResponse {
        let response = send(.put, address(path, version), body)
        advance(1000)
        return response
    }
}

extension AzureResponse {
    var code: String? { json?["error"]?["code"]?.string ?? json?["Code"]?.string }
    var message: String? { json?["error"]?["message"]?.string ?? json?["Message"]?.string }
    var state: String? { json?["properties"]?["provisioningState"]?.string }
}

/// Bodies that are sound.
enum Sound {
    static let identity: JSON = ["location": "westeurope"]
    static let registry: JSON = ["location": "westeurope", "sku": ["name": "Basic"]]
    static let workspace: JSON = ["location": "westeurope", "properties": ["sku": ["name": "PerGB2018"]]]
    static let environment: JSON = [
        "location": "westeurope", "properties": ["appLogsConfiguration": ["destination": "none"]],
    ]
    static let storage: JSON = [
        "location": "westeurope", "sku": ["name": "Standard_LRS"], "kind": "StorageV2",
        "properties": ["allowSharedKeyAccess": false],
    ]
    static let vault: JSON = [
        "location": "westeurope",
        "properties": [
            "tenantId": "22222222-2222-4222-8222-222222222222", "sku": ["family": "A", "name": "standard"],
            "enableRbacAuthorization": true,
        ],
    ]
    static let namespace: JSON = ["location": "westeurope", "sku": ["name": "Standard"], "properties": [:]]
    static let database: JSON = [
        "location": "westeurope", "kind": "GlobalDocumentDB",
        "properties": [
            "databaseAccountOfferType": "Standard",
            "locations": [["locationName": "westeurope", "failoverPriority": 0]],
        ],
    ]
    static let model: JSON = ["location": "westeurope", "kind": "OpenAI", "sku": ["name": "S0"], "properties": [:]]
    static let cache: JSON = [
        "location": "westeurope", "sku": ["name": "Balanced_B0"], "properties": ["publicNetworkAccess": "Enabled"],
    ]

    static func containerApp(in environment: String, image: String = "registry.example/chat:1") -> JSON {
        [
            "location": "westeurope",
            "properties": [
                "environmentId": .string(environment),
                "template": ["containers": [["name": "chat", "image": .string(image)]]],
            ],
        ]
    }
}
