import AzureSimulator
import HTTPTypes
import JSONText
import Testing

/// How clients learn that what they began is over.
@Suite struct `Long operations` {
    private var cloud: Cloud

    init() {
        cloud = Cloud()
        cloud.makeGroup()
    }

    @Test mutating func `an async operation runs and succeeds`() throws {
        let address = cloud.address("Microsoft.ContainerRegistry/registries/images1", "2025-11-01")
        let first = cloud.send(.put, address, Sound.registry)
        #expect(first.status == .created)
        #expect(first.state == "Creating")
        let poll = try #require(first.header("Azure-AsyncOperation"))
        #expect(first.header("Location") == nil)
        #expect(cloud.send(.get, poll).json?["status"] == "Creating")
        cloud.advance(19)
        #expect(cloud.send(.get, poll).header("Retry-After") == "1")
        cloud.advance(1)
        #expect(cloud.send(.get, poll).json?["status"] == "Succeeded")
        #expect(cloud.send(.get, address).state == "Succeeded")
    }

    @Test mutating func `a location answers 202 without a body and then with the resource`() throws {
        let address = cloud.address("Microsoft.Storage/storageAccounts/files1", "2025-06-01")
        let first = cloud.send(.put, address, Sound.storage)
        #expect(first.status == .accepted)
        #expect(first.body.isEmpty)
        let poll = try #require(first.header("Location"))
        let second = cloud.send(.get, poll)
        #expect(second.status == .accepted)
        #expect(second.header("Location") == poll)
        cloud.advance(20)
        let last = cloud.send(.get, poll)
        #expect(last.status == .ok)
        #expect(last.json?["name"] == "files1")
    }

    @Test mutating func `a resource tells by itself where no header does`() {
        let address = cloud.address("Microsoft.Cache/redisEnterprise/cache1", "2025-07-01")
        let first = cloud.send(.put, address, Sound.cache)
        #expect(first.status == .created)
        #expect(first.header("Azure-AsyncOperation") == nil && first.header("Location") == nil)
        #expect(cloud.send(.get, address).state == "Creating")
        cloud.advance(300)
        #expect(cloud.send(.get, address).state == "Succeeded")
    }

    @Test mutating func `a deletion goes on until nothing is found any more`() throws {
        cloud.create("Microsoft.ContainerRegistry/registries/images1", "2025-11-01", Sound.registry)
        let address = cloud.address("Microsoft.ContainerRegistry/registries/images1", "2025-11-01")
        let first = cloud.send(.delete, address)
        #expect(first.status == .accepted)
        #expect(cloud.send(.get, address).state == "Deleting")
        cloud.advance(10)
        #expect(cloud.send(.get, try #require(first.header("Location"))).status == .noContent)
        #expect(cloud.send(.get, address).code == "ResourceNotFound")
        #expect(cloud.send(.delete, address).status == .noContent)
    }

    @Test mutating func `the outcome of an operation is forgotten in the end`() throws {
        let address = cloud.address("Microsoft.ContainerRegistry/registries/images1", "2025-11-01")
        let poll = try #require(cloud.send(.put, address, Sound.registry).header("Azure-AsyncOperation"))
        cloud.advance(3610)
        #expect(cloud.send(.get, poll).status == .ok)
        cloud.advance(20)
        #expect(cloud.send(.get, poll).code == "OperationNotFound")
    }

    @Test mutating func `a failed operation is told in both forms and can be repeated`() throws {
        cloud = Cloud { configuration in
            configuration.provisioningFailures = [
                "registries/images1": ProvisioningFailure("SkuNotAvailable", "There is none left.", times: 1),
                "storageaccounts/files1": ProvisioningFailure("QuotaExceeded", "Too many.", times: 1),
            ]
        }
        cloud.makeGroup()
        let registry = cloud.address("Microsoft.ContainerRegistry/registries/images1", "2025-11-01")
        let storage = cloud.address("Microsoft.Storage/storageAccounts/files1", "2025-06-01")
        let status = try #require(cloud.send(.put, registry, Sound.registry).header("Azure-AsyncOperation"))
        let result = try #require(cloud.send(.put, storage, Sound.storage).header("Location"))
        cloud.advance(60)
        let answer = cloud.send(.get, status)
        #expect(answer.status == .ok)
        #expect(answer.json?["status"] == "Failed")
        #expect(answer.json?["error"]?["code"] == "SkuNotAvailable")
        #expect(cloud.send(.get, result).code == "QuotaExceeded")
        #expect(cloud.send(.get, registry).state == "Failed")
        _ = cloud.send(.put, registry, Sound.registry)
        cloud.advance(60)
        #expect(cloud.send(.get, registry).state == "Succeeded")
    }

    @Test mutating func `speed divides simulated times, and short waits are told in milliseconds`() throws {
        cloud = Cloud { $0.speed = 100 }
        cloud.makeGroup()
        let address = cloud.address("Microsoft.ContainerRegistry/registries/images1", "2025-11-01")
        let first = cloud.send(.put, address, Sound.registry)
        #expect(first.header("Retry-After") == "1")
        #expect(first.header("retry-after-ms") == "200")
        cloud.advance(0.2)
        #expect(cloud.send(.get, address).state == "Succeeded")
    }

    @Test mutating func `addresses of operations may be odd and work all the same`() throws {
        cloud = Cloud { $0.faults.oddAddresses = 1 }
        cloud.makeGroup()
        var seen: Set<String> = []
        for number in 1...20 {
            let address = cloud.address("Microsoft.ContainerRegistry/registries/images\(number)", "2025-11-01")
            let poll = try #require(cloud.send(.put, address, Sound.registry).header("Azure-AsyncOperation"))
            seen.insert(poll.hasPrefix("/") ? "relative" : poll.contains("api-version") ? "whole" : "no version")
            #expect(cloud.send(.get, poll).status == .ok)
        }
        #expect(seen == ["relative", "no version"])
    }

    @Test mutating func `deleting a group takes everything in it`() throws {
        cloud.create("Microsoft.KeyVault/vaults/vault1", "2025-05-01", Sound.vault)
        cloud.create("Microsoft.Storage/storageAccounts/files1", "2025-06-01", Sound.storage)
        let group = "\(cloud.group)?api-version=2025-04-01"
        let first = cloud.send(.delete, group)
        #expect(first.status == .accepted)
        let late = cloud.send(
            .put,
            cloud.address("Microsoft.ContainerRegistry/registries/late1", "2025-11-01"),
            Sound.registry
        )
        #expect(late.code == "ResourceGroupBeingDeleted")
        cloud.advance(60)
        #expect(cloud.send(.get, try #require(first.header("Location"))).status == .noContent)
        #expect(cloud.send(.get, group).code == "ResourceGroupNotFound")
        #expect(cloud.send(.delete, group).code == "ResourceGroupNotFound")
        cloud.makeGroup()
        #expect(cloud.send(.get, "\(cloud.group)/resources?api-version=2025-04-01").json?["value"] == [])
    }
}
