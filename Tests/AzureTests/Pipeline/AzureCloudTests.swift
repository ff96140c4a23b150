import Testing

@testable import Azure

struct AzureCloudTests {
    @Test func `each cloud has its own addresses`() {
        #expect(
            AzureCloud.all.map { $0.resourceManager.text } == [
                "https://management.azure.com", "https://management.chinacloudapi.cn",
                "https://management.usgovcloudapi.net",
            ]
        )
        #expect(
            AzureCloud.all.map { $0.authority.text } == [
                "https://login.microsoftonline.com", "https://login.chinacloudapi.cn",
                "https://login.microsoftonline.us",
            ]
        )
        #expect(
            AzureCloud.all.map { $0.resourceManagerScope.text } == [
                "https://management.azure.com/.default", "https://management.chinacloudapi.cn/.default",
                "https://management.core.usgovcloudapi.net/.default",
            ]
        )
    }

    @Test(
        arguments: [
            (DataService.blobs, "https://chat.blob.core.windows.net", "https://storage.azure.com/.default"),
            (.tables, "https://chat.table.core.windows.net", "https://storage.azure.com/.default"),
            (.keyVault, "https://chat.vault.azure.net", "https://vault.azure.net/.default"),
            (.registry, "https://chat.azurecr.io", "https://containerregistry.azure.net/.default"),
            (.serviceBus, "https://chat.servicebus.windows.net", "https://servicebus.azure.net/.default"),
            (.website, "https://chat.azurewebsites.net", "https://management.azure.com/.default"),
            (.websiteDeployment, "https://chat.scm.azurewebsites.net", "https://management.azure.com/.default"),
        ]
    )
    func `an instance of a service has its address and scope`(service: DataService, address: String, scope: String) {
        #expect(AzureCloud.public.address(of: service, named: "chat")?.text == address)
        #expect(AzureCloud.public.scope(of: service).text == scope)
    }

    @Test func `key vaults of other clouds have scopes of their own`() {
        let scopes = AzureCloud.all.map { $0.scope(of: .keyVault).resource }
        #expect(scopes == ["https://vault.azure.net", "https://vault.azure.cn", "https://vault.usgovcloudapi.net"])
    }

    @Test func `one value points everything at one server`() throws {
        let cloud = AzureCloud.single(at: try #require(WebAddress("http://127.0.0.1:4000")))
        let services = DataService.allCases.compactMap { cloud.address(of: $0, named: "chat")?.text }
        #expect(services.count == DataService.allCases.count)
        let all = services + [cloud.resourceManager, cloud.authority, cloud.instanceMetadata].map(\.text)
        #expect(all.allSatisfy { $0.hasPrefix("http://127.0.0.1:4000") })
        #expect(cloud.address(of: .keyVault, named: "chat")?.text == "http://127.0.0.1:4000/keyVault/chat")
    }
}
