import AzureSimulator
import Foundation
import HTTPTypes
import JSONText
import Testing
import ValidatorTools

/// Requests that are wrong, and what is answered.
@Suite struct `Wrong requests` {
    struct Wrong: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let path: String
        let body: JSON
        let code: String
        let words: String

        init(_ what: String, _ path: String, _ body: JSON, _ code: String, _ words: String) {
            self.testDescription = what
            self.path = path
            self.body = body
            self.code = code
            self.words = words
        }
    }

    private static let vault = "Microsoft.KeyVault/vaults/vault1?api-version=2025-05-01"
    private static let storage = "Microsoft.Storage/storageAccounts/files1?api-version=2025-06-01"
    private static let registry = "Microsoft.ContainerRegistry/registries/images1?api-version=2025-11-01"

    /// What is known without the official schemas.
    static let builtIn = [
        Wrong("no version", "Microsoft.KeyVault/vaults/vault1", Sound.vault, "MissingApiVersionParameter", "required"),
        Wrong(
            "an unknown version",
            "Microsoft.KeyVault/vaults/vault1?api-version=2012-01-01",
            Sound.vault,
            "InvalidApiVersionParameter",
            "2025-05-01"
        ),
        Wrong(
            "an unknown provider",
            "Contoso.Things/things/one?api-version=2025-05-01",
            [:],
            "InvalidResourceNamespace",
            "Contoso.Things"
        ),
        Wrong(
            "an unknown type",
            "Microsoft.KeyVault/safes/one?api-version=2025-05-01",
            [:],
            "InvalidResourceType",
            "safes"
        ),
        Wrong(
            "a missing property",
            registry,
            ["location": "westeurope"],
            "InvalidRequestContent",
            "'sku.name' is required"
        ),
        Wrong(
            "an unknown member",
            registry,
            Sound.registry.with("colour", "red"),
            "InvalidRequestContent",
            "'colour' is not"
        ),
        Wrong(
            "a name in the body",
            registry,
            Sound.registry.with("name", "images1"),
            "InvalidRequestContent",
            "'name'"
        ),
        Wrong(
            "a read-only property",
            registry,
            Sound.registry.with("properties", ["loginServer": "mine"]),
            "InvalidRequestContent",
            "'properties.loginServer' is read-only"
        ),
        Wrong(
            "tags of numbers",
            registry,
            Sound.registry.with("tags", ["a": 1]),
            "InvalidRequestContent",
            "'tags.*' is a number"
        ),
        Wrong(
            "a value outside an enumeration",
            storage,
            Sound.storage.with("kind", "StorageV9"),
            "InvalidRequestContent",
            "'kind' is \"StorageV9\""
        ),
        Wrong(
            "a region that is none",
            registry,
            Sound.registry.with("location", "atlantis"),
            "LocationNotAvailableForResourceType",
            "atlantis"
        ),
        Wrong(
            "a name against the rules",
            "Microsoft.Storage/storageAccounts/Files_1?api-version=2025-06-01",
            Sound.storage,
            "InvalidResourceName",
            "Files_1"
        ),
        Wrong(
            "no parent",
            "Microsoft.ServiceBus/namespaces/none/queues/jobs?api-version=2024-01-01",
            [:],
            "ParentResourceNotFound",
            "namespaces/none"
        ),
        Wrong(
            "a reference to nothing",
            "Microsoft.App/containerApps/chat?api-version=2025-07-01",
            Sound.containerApp(
                in: "/subscriptions/s/resourceGroups/g/providers/Microsoft.App/managedEnvironments/none"
            ),
            "InvalidResourceReference",
            "properties.environmentId"
        ),
        Wrong(
            "a reference to something else",
            "Microsoft.App/containerApps/chat?api-version=2025-07-01",
            Sound.containerApp(in: "the environment"),
            "LinkedInvalidPropertyId",
            "properties.environmentId"
        ),
    ]

    /// What only the official schemas know.
    static let official = [
        Wrong(
            "an unknown property, deep down",
            vault,
            Sound.vault.with("properties", (Sound.vault["properties"] ?? [:]).with("networkAcls", ["bipass": "None"])),
            "InvalidRequestContent",
            "'properties.networkAcls.bipass' is not a property"
        ),
        Wrong(
            "a wrong type, deep down",
            vault,
            Sound.vault.with("properties", (Sound.vault["properties"] ?? [:]).with("enableSoftDelete", "yes")),
            "InvalidRequestContent",
            "'properties.enableSoftDelete' is a string and must be of type boolean"
        ),
        Wrong(
            "a value outside a closed enumeration",
            vault,
            Sound.vault.with(
                "properties",
                (Sound.vault["properties"] ?? [:]).with("sku", ["family": "A", "name": "gold"])
            ),
            "InvalidRequestContent",
            "'properties.sku.name' is \"gold\""
        ),
        Wrong(
            "text against a pattern",
            vault,
            Sound.vault.with("properties", (Sound.vault["properties"] ?? [:]).with("tenantId", "my tenant")),
            "InvalidRequestContent",
            "'properties.tenantId'"
        ),
        Wrong(
            "a missing property of a variant",
            "Microsoft.DocumentDB/databaseAccounts/data1?api-version=2025-10-15",
            Sound.database.with(
                "properties",
                (Sound.database["properties"] ?? [:]).with("backupPolicy", ["continuousModeProperties": [:]])
            ),
            "InvalidRequestContent",
            "'properties.backupPolicy.type' is missing"
        ),
    ]

    @Test(arguments: builtIn)
    func `a wrong request is refused without the schemas`(_ wrong: Wrong) {
        check(wrong, nil)
    }

    @Test(.enabled(if: Validators.haveSchemas, Validators.noSchemas), arguments: builtIn + official)
    func `a wrong request is refused by the schemas`(_ wrong: Wrong) throws {
        // Schemas say in their own words what is of the wrong type or missing.
        check(wrong, try OfficialSchemas(folder: "\(Validators.schemas)/schemas"))
    }

    private func check(_ wrong: Wrong, _ schemas: OfficialSchemas?) {
        var cloud = Cloud { $0.schemas = schemas }
        cloud.makeGroup()
        let response = cloud.send(.put, "\(cloud.group)/providers/\(wrong.path)", wrong.body)
        #expect(response.code == wrong.code)
        let words = schemas == nil ? wrong.words : String(wrong.words.prefix { $0 != " " && $0 != "*" && $0 != "." })
        #expect(response.message?.contains(words) ?? false, "\(response.message ?? "")")
        // Nothing is half there.
        #expect(cloud.send(.get, "\(cloud.group)/resources?api-version=2025-04-01").json?["value"] == [])
    }

    @Test func `text that is no JSON is refused`() {
        var cloud = Cloud()
        cloud.makeGroup()
        let token = cloud.azure.token(for: Cloud.owner, at: cloud.now)
        let request = AzureRequest(
            .put,
            "https://management.azure.com" + cloud.address("Microsoft.KeyVault/vaults/vault1", "2025-05-01"),
            headers: [.authorization: "Bearer \(token)"],
            body: Array("{\"location\":".utf8)
        )
        #expect(cloud.azure.handle(request, at: cloud.now).code == "InvalidRequestContent")
    }

    @Test func `what is in no group is refused`() {
        var cloud = Cloud()
        let address = cloud.address("Microsoft.KeyVault/vaults/vault1", "2025-05-01")
        #expect(cloud.send(.put, address, Sound.vault).code == "ResourceGroupNotFound")
        #expect(cloud.send(.get, address).code == "ResourceGroupNotFound")
    }

    @Test func `a resource stays in its region`() {
        var cloud = Cloud()
        cloud.makeGroup()
        cloud.create("Microsoft.ManagedIdentity/userAssignedIdentities/chat", "2024-11-30", Sound.identity)
        let address = cloud.address("Microsoft.ManagedIdentity/userAssignedIdentities/chat", "2024-11-30")
        #expect(cloud.send(.put, address, ["location": "West Europe"]).status == .ok)
        #expect(cloud.send(.put, address, ["location": "eastus"]).code == "InvalidResourceLocation")
    }

    @Test func `entity tags are held to`() throws {
        var cloud = Cloud()
        cloud.makeGroup()
        cloud.create("Microsoft.CognitiveServices/accounts/model1", "2025-09-01", Sound.model)
        let address = cloud.address("Microsoft.CognitiveServices/accounts/model1", "2025-09-01")
        let tag = try #require(cloud.send(.get, address).header("ETag"))
        let stale = cloud.send(.put, address, Sound.model, headers: [.ifMatch: "\"other\""])
        #expect(stale.status == .preconditionFailed)
        #expect(cloud.send(.put, address, Sound.model, headers: [.ifNoneMatch: "*"]).status == .preconditionFailed)
        #expect(cloud.send(.put, address, Sound.model, headers: [.ifMatch: tag]).status == .ok)
        #expect(cloud.send(.get, address).header("ETag") != tag)
    }
}

extension JSON {
    /// The object with one member more, or another.
    func with(_ name: String, _ value: JSON) -> JSON {
        .object((members ?? []).filter { $0.name != name } + [Member(name, value)])
    }
}
