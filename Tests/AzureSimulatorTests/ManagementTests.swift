import AzureSimulator
import Foundation
import HTTPTypes
import JSONText
import Renderers
import Testing
import ValidatorTools

/// What else the management plane does.
@Suite struct `Management` {
    private var cloud: Cloud

    init() {
        cloud = Cloud()
        cloud.makeGroup()
    }

    @Test(arguments: ["dev", "production"], [true, false])
    mutating func `our own templates are valid`(_ stage: String, _ official: Bool) throws {
        guard !official || Validators.haveSchemas else { return }
        let schemas = official ? try OfficialSchemas(folder: "\(Validators.schemas)/schemas") : nil
        cloud = Cloud { $0.schemas = schemas }
        cloud.makeGroup()
        let file = "\(Validators.package)/infra/rendered/\(stage)/arm/azuredeploy.json"
        let template = try JSON(parsing: FileManager.default.contents(atPath: file) ?? Data())
        let given = (template["parameters"]?.members ?? []).filter { $0.value["defaultValue"] == nil }
        let parameters = JSON.object(given.map { JSON.Member($0.name, ["value": "x"]) })
        let properties: JSON = ["mode": "Incremental", "template": template, "parameters": parameters]
        let address = cloud.address("Microsoft.Resources/deployments/check/validate", "2025-04-01")
        let answer = cloud.send(.post, address, ["properties": properties])
        #expect(answer.status == .ok, "\(answer.message ?? "")")
        #expect(answer.json?["properties"]?["validatedResources"]?.array?.count == template["resources"]?.array?.count)

        let broken = template.with(
            "resources",
            .array((template["resources"]?.array ?? []).map { $0.with("colour", "red") })
        )
        let refused = cloud.send(.post, address, ["properties": properties.with("template", broken)])
        #expect(refused.message?.contains("resources[0].colour") ?? false)
        #expect(
            cloud.send(.post, address, ["properties": properties.with("parameters", [:])]).code == "InvalidTemplate"
        )
    }

    @Test mutating func `template specs keep versions, up to a size`() {
        let spec: JSON = ["location": "westeurope", "properties": ["description": "the ledger"]]
        cloud.create("Microsoft.Resources/templateSpecs/ledger", "2022-02-01", spec)
        let version: JSON = ["location": "westeurope", "properties": ["mainTemplate": ["resources": []]]]
        for number in 1...3 {
            cloud.create("Microsoft.Resources/templateSpecs/ledger/versions/\(number)", "2022-02-01", version)
        }
        let list = cloud.send(.get, cloud.address("Microsoft.Resources/templateSpecs/ledger/versions", "2022-02-01"))
        #expect(list.json?["value"]?.array?.map { $0["name"] } == ["1", "2", "3"])
        let four = cloud.address("Microsoft.Resources/templateSpecs/ledger/versions/4", "2022-02-01")
        let large = version.with("properties", ["metadata": .string(String(repeating: "x", count: 2_100_000))])
        #expect(cloud.send(.put, four, large).code == "TemplateSpecTooLarge")
        #expect(cloud.send(.put, four, version.with("location", "eastus")).code == "InvalidResourceLocation")
        let before = list.json?["value"]?.array?.first?["properties"]?["mainTemplate"]
        #expect(before == ["resources": []])
    }

    @Test mutating func `a list comes in pages with whole addresses`() throws {
        cloud = Cloud { $0.pageSize = 2 }
        cloud.makeGroup()
        for number in 1...5 {
            cloud.create(
                "Microsoft.ManagedIdentity/userAssignedIdentities/user-\(number)",
                "2024-11-30",
                Sound.identity
            )
        }
        var names: [String] = []
        var next: String? = cloud.address("Microsoft.ManagedIdentity/userAssignedIdentities", "2024-11-30")
        while let address = next {
            let page = cloud.send(.get, address)
            names += page.json?["value"]?.array?.compactMap { $0["name"]?.string } ?? []
            next = page.json?["nextLink"]?.string
            #expect(next?.hasPrefix("https://management.azure.com/subscriptions/") ?? true)
        }
        #expect(names == (1...5).map { "user-\($0)" })
    }

    @Test mutating func `settings of a site are told by listing them and not by reading`() {
        cloud.create(
            "Microsoft.Web/serverfarms/plan",
            "2025-03-01",
            ["location": "westeurope", "sku": ["name": "FC1"]]
        )
        let plan = JSON.string("\(cloud.group)/providers/Microsoft.Web/serverfarms/plan")
        cloud.create(
            "Microsoft.Web/sites/functions1",
            "2025-03-01",
            ["location": "westeurope", "properties": ["serverFarmId": plan]]
        )
        let settings = cloud.address("Microsoft.Web/sites/functions1/config/appsettings", "2025-03-01")
        #expect(cloud.send(.put, settings, ["properties": ["A": "1", "B": "2"]]).status == .ok)
        #expect(cloud.send(.put, settings, ["properties": ["A": "3"]]).status == .ok)
        #expect(cloud.send(.get, settings).status == .methodNotAllowed)
        let list = cloud.send(
            .post,
            cloud.address("Microsoft.Web/sites/functions1/config/appsettings/list", "2025-03-01")
        )
        #expect(list.json?["properties"] == ["A": "3"])
        let policy = cloud.address(
            "Microsoft.Web/sites/functions1/basicPublishingCredentialsPolicies/scm",
            "2025-03-01"
        )
        #expect(cloud.send(.get, policy).json?["properties"]?["allow"] == true)
        #expect(cloud.send(.delete, policy).status == .methodNotAllowed)
        let names = cloud.send(.get, cloud.address("Microsoft.Web/sites/functions1", "2025-03-01"))
            .json?["properties"]?["hostNameSslStates"]?.array
        #expect(names?.contains { $0["hostType"] == "Repository" } ?? false)
        #expect(
            cloud.send(.post, cloud.address("Microsoft.Web/sites/functions1/syncfunctiontriggers", "2025-03-01")).status
                == .noContent
        )
    }

    @Test mutating func `keys are told to those who ask for them`() {
        cloud.create("Microsoft.Storage/storageAccounts/files1", "2025-06-01", Sound.storage)
        let address = cloud.address("Microsoft.Storage/storageAccounts/files1/listKeys", "2025-06-01")
        let first = cloud.send(.post, address).json?["keys"]?.array
        #expect(first?.count == 2)
        #expect(cloud.send(.post, address).json?["keys"]?.array == first)
    }

    @Test mutating func `secrets of a container app stay unless they are left out`() {
        cloud.create("Microsoft.App/managedEnvironments/env", "2025-07-01", Sound.environment)
        let base = Sound.containerApp(in: "\(cloud.group)/providers/Microsoft.App/managedEnvironments/env")
        func body(_ secrets: JSON) -> JSON {
            base.with("properties", (base["properties"] ?? [:]).with("configuration", ["secrets": secrets]))
        }
        cloud.create(
            "Microsoft.App/containerApps/chat",
            "2025-07-01",
            body([["name": "a", "value": "1"], ["name": "b", "value": "2"]])
        )
        let app = cloud.send(.get, cloud.address("Microsoft.App/containerApps/chat", "2025-07-01"))
        #expect(app.json?["properties"]?["configuration"]?["secrets"] == [["name": "b"], ["name": "a"]])
        cloud.create("Microsoft.App/containerApps/chat", "2025-07-01", body([["name": "a"]]))
        let list = cloud.send(.post, cloud.address("Microsoft.App/containerApps/chat/listSecrets", "2025-07-01"))
        #expect(list.json?["value"] == [["name": "a", "value": "1"]])
    }

    @Test mutating func `built-in roles are found by name`() {
        let list = "\(cloud.group)/providers/Microsoft.Authorization/roleDefinitions?api-version=2022-04-01"
        let found = cloud.send(.get, "\(list)&$filter=roleName%20eq%20'AcrPull'").json?["value"]?.array
        #expect(found?.map { $0["name"] } == ["7f951dda-4ed3-4680-a7ca-43fe172d538d"])
    }

    @Test mutating func `a patch changes what it names and keeps the rest`() {
        cloud.create(
            "Microsoft.ContainerRegistry/registries/images1",
            "2025-11-01",
            Sound.registry.with("tags", ["a": "1", "b": "2"])
        )
        let address = cloud.address("Microsoft.ContainerRegistry/registries/images1", "2025-11-01")
        #expect(cloud.send(.patch, address, ["tags": ["a": .null, "c": "3"]]).status == .created)
        cloud.advance(20)
        let read = cloud.send(.get, address).json
        #expect(read?["tags"] == ["b": "2", "c": "3"])
        #expect(read?["sku"]?["name"] == "Basic")
    }

    @Test(arguments: ResourceType.allCases.filter { !$0.isCode })
    func `every type of our templates has a version that is asked for`(_ type: ResourceType) {
        var cloud = Cloud()
        cloud.makeGroup()
        let names = type.rawValue.split(separator: "/").dropFirst().map { "/\($0)/name" }.joined()
        let namespace = type.rawValue.prefix { $0 != "/" }
        let path = "\(cloud.group)/providers/\(namespace)\(names)"
        #expect(cloud.send(.get, "\(path)?api-version=2001-01-01").code == "InvalidApiVersionParameter")
        #expect(
            [.notFound, .methodNotAllowed].contains(cloud.send(.get, "\(path)?api-version=\(type.apiVersion)").status)
        )
    }

    @Test mutating func `a client's own name for a request comes back`() throws {
        let wanted = try #require(HTTPField.Name("x-ms-return-client-request-id"))
        let name = try #require(HTTPField.Name("x-ms-client-request-id"))
        let answer = cloud.send(.get, "/subscriptions?api-version=2022-12-01", headers: [wanted: "true", name: "mine"])
        #expect(answer.header("x-ms-client-request-id") == "mine")
        #expect(answer.header("x-ms-request-id") != nil)
    }
}
