import AzureSimulator
import Foundation
import HTTPTypes
import JSONText
import Testing

/// Vaults, blobs and tables.
@Suite struct `Data planes` {
    private var cloud: Cloud

    init() {
        cloud = Cloud()
        cloud.makeGroup()
        cloud.create("Microsoft.KeyVault/vaults/vault1", "2025-05-01", Sound.vault)
        cloud.create("Microsoft.Storage/storageAccounts/files1", "2025-06-01", Sound.storage)
    }

    // MARK: Secrets

    private mutating func vault(_ method: HTTPRequest.Method, _ path: String, _ body: JSON? = nil) -> AzureResponse {
        let mark = path.contains("?") ? "&" : "?"
        return cloud.send(
            method,
            "https://vault1.vault.azure.net/\(path)\(mark)api-version=7.5",
            body,
            audience: "https://vault.azure.net"
        )
    }

    @Test mutating func `who does not say who he is learns where to sign in`() {
        let request = AzureRequest(.get, "https://vault1.vault.azure.net/secrets/key?api-version=7.5")
        let answer = cloud.azure.handle(request, at: cloud.now)
        #expect(answer.status == .unauthorized)
        let challenge = answer.header("WWW-Authenticate")
        let tenant = cloud.configuration.tenant
        #expect(
            challenge == "Bearer authorization=\"https://login.microsoftonline.com/\(tenant)\", "
                + "resource=\"https://vault.azure.net\""
        )
    }

    @Test(arguments: ["vault", "keyVault"])
    func `one server has vaults under the names of both of its clients`(word: String) {
        var cloud = cloud
        let address = "http://127.0.0.1:5310/\(word)/vault1/secrets?api-version=7.5"
        #expect(cloud.send(.get, address, audience: "https://vault.azure.net").json?["value"] == [])
    }

    @Test mutating func `secrets have versions, and the newest is the one`() throws {
        let first = vault(.put, "secrets/key", ["value": "one"])
        let second = vault(.put, "secrets/key", ["value": "two", "contentType": "text/plain"])
        #expect(vault(.get, "secrets/key").json?["value"] == "two")
        let id = try #require(first.json?["id"]?.string)
        #expect(vault(.get, String(id.dropFirst("https://vault1.vault.azure.net/".count))).json?["value"] == "one")
        #expect(second.json?["contentType"] == "text/plain")
        let versions = vault(.get, "secrets/key/versions").json?["value"]?.array
        #expect(versions?.count == 2)
        #expect(versions?.allSatisfy { $0["value"] == nil } ?? false)
        #expect(vault(.put, "secrets/a_b", ["value": "x"]).status == .badRequest)
        #expect(vault(.put, "secrets/key", ["valeu": "x"]).status == .badRequest)
    }

    @Test mutating func `a secret is the same through both planes, and only one tells its value`() {
        cloud.create("Microsoft.KeyVault/vaults/vault1/secrets/key", "2025-05-01", ["properties": ["value": "shh"]])
        #expect(vault(.get, "secrets/key").json?["value"] == "shh")
        _ = vault(.put, "secrets/other", ["value": "hush"])
        let address = cloud.address("Microsoft.KeyVault/vaults/vault1/secrets/other", "2025-05-01")
        let resource = cloud.send(.get, address)
        #expect(resource.json?["properties"]?["secretUri"] == "https://vault1.vault.azure.net/secrets/other")
        #expect(!resource.body.contains(Array("hush".utf8)))
        #expect(
            !cloud.send(.get, cloud.address("Microsoft.KeyVault/vaults/vault1/secrets/key", "2025-05-01")).body
                .contains(Array("shh".utf8))
        )
    }

    @Test mutating func `a deleted secret keeps its name, comes back, and is purged`() {
        _ = vault(.put, "secrets/key", ["value": "one"])
        #expect(vault(.delete, "secrets/key").status == .ok)
        #expect(vault(.get, "secrets/key").status == .notFound)
        #expect(vault(.put, "secrets/key", ["value": "two"]).status == .conflict)
        #expect(vault(.get, "deletedsecrets/key").status == .ok)
        #expect(vault(.post, "deletedsecrets/key/recover").status == .ok)
        #expect(vault(.get, "secrets/key").json?["value"] == "one")
        _ = vault(.delete, "secrets/key")
        #expect(vault(.delete, "deletedsecrets/key").status == .noContent)
        #expect(vault(.get, "deletedsecrets/key").status == .notFound)
        #expect(vault(.put, "secrets/key", ["value": "two"]).status == .ok)
    }

    @Test mutating func `a list of secrets comes in pages`() {
        for number in 1...30 { _ = vault(.put, "secrets/key-\(number)", ["value": "x"]) }
        let first = vault(.get, "secrets")
        #expect(first.json?["value"]?.array?.count == 25)
        let next = cloud.send(.get, first.json?["nextLink"]?.string ?? "", audience: "https://vault.azure.net")
        #expect(next.json?["value"]?.array?.count == 5)
        #expect(next.json?["nextLink"] == .null)
    }

    @Test mutating func `a vault that is not there yet has no address`() {
        #expect(
            cloud.send(
                .get,
                "https://none.vault.azure.net/secrets?api-version=7.5",
                audience: "https://vault.azure.net"
            )
            .delivery == .dropped
        )
    }

    // MARK: Blobs

    private mutating func blob(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ text: String = "",
        _ headers: [String: String] = [:]
    ) -> AzureResponse {
        var fields = HTTPFields()
        let token = cloud.azure.token(for: Cloud.owner, audience: "https://storage.azure.com", at: cloud.now)
        fields[.authorization] = "Bearer \(token)"
        let type = method == .put && !path.contains("?") ? ["x-ms-blob-type": "BlockBlob"] : [:]
        for (name, value) in headers.merging(type, uniquingKeysWith: { one, _ in one })
            .merging(["x-ms-version": "2023-11-03"], uniquingKeysWith: { one, _ in one })
        {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        let request = AzureRequest(
            method,
            "https://files1.blob.core.windows.net/\(path)",
            headers: fields,
            body: Array(text.utf8)
        )
        return cloud.azure.handle(request, at: cloud.now)
    }

    private mutating func lease(
        _ action: String,
        _ headers: [String: String] = [:],
        on path: String = "locks/one"
    ) -> AzureResponse {
        blob(.put, "\(path)?comp=lease", "", headers.merging(["x-ms-lease-action": action]) { one, _ in one })
    }

    @Test mutating func `blobs are written, read, changed on condition, and deleted`() throws {
        #expect(blob(.put, "things/one", "text").header("x-ms-error-code") == "ContainerNotFound")
        #expect(blob(.put, "things?restype=container").status == .created)
        #expect(blob(.put, "things?restype=container").header("x-ms-error-code") == "ContainerAlreadyExists")
        let first = blob(.put, "things/folder/one", "text")
        #expect(first.status == .created)
        let tag = try #require(first.header("ETag"))
        #expect(blob(.get, "things/folder/one").body == Array("text".utf8))
        #expect(
            blob(.put, "things/folder/one", "more", ["If-None-Match": "*"]).header("x-ms-error-code")
                == "BlobAlreadyExists"
        )
        #expect(blob(.put, "things/folder/one", "more", ["If-Match": "\"0x0\""]).status == .preconditionFailed)
        #expect(blob(.put, "things/folder/one", "more", ["If-Match": tag]).status == .created)
        #expect(blob(.get, "things/folder/one", "", ["If-None-Match": tag]).body == Array("more".utf8))
        let list = String(decoding: blob(.get, "things?restype=container&comp=list").body, as: UTF8.self)
        #expect(list.contains("<Name>folder/one</Name>"))
        #expect(blob(.delete, "things/folder/one").status == .accepted)
        #expect(blob(.get, "things/folder/one").header("x-ms-error-code") == "BlobNotFound")
        #expect(blob(.put, "things/new", "x", ["If-Match": "*"]).status == .preconditionFailed)
        #expect(blob(.put, "things/new", "x", ["Content-MD5": "AAAA"]).header("x-ms-error-code") == "Md5Mismatch")
        #expect(blob(.put, "things/new", "x", ["x-ms-version": "2015-01-01"]).status == .badRequest)
        #expect(blob(.put, "things/new", "x", ["x-ms-blob-type": "Page"]).status == .badRequest)
    }

    @Test mutating func `blocks become a blob when they are listed`() {
        _ = blob(.put, "things?restype=container")
        #expect(blob(.put, "things/big?comp=block&blockid=MDE%3D", "one ").status == .created)
        #expect(blob(.put, "things/big?comp=block&blockid=MDI%3D", "two").status == .created)
        #expect(blob(.get, "things/big").status == .notFound)
        let list = "<BlockList><Latest>MDE=</Latest><Latest>MDI=</Latest></BlockList>"
        #expect(blob(.put, "things/big?comp=blocklist", list).status == .created)
        #expect(blob(.get, "things/big").body == Array("one two".utf8))
        #expect(
            blob(.put, "things/big?comp=blocklist", "<BlockList><Latest>MDM=</Latest></BlockList>").status
                == .badRequest
        )
    }

    @Test mutating func `containers of both planes are the same`() {
        cloud.create(
            "Microsoft.Storage/storageAccounts/files1/blobServices/default/containers/packages",
            "2025-06-01",
            [:]
        )
        #expect(blob(.put, "packages/app.zip", "zip").status == .created)
        _ = blob(.put, "things?restype=container")
        let address = cloud.address(
            "Microsoft.Storage/storageAccounts/files1/blobServices/default/containers/things",
            "2025-06-01"
        )
        #expect(cloud.send(.get, address).status == .ok)
        _ = cloud.send(
            .delete,
            cloud.address(
                "Microsoft.Storage/storageAccounts/files1/blobServices/default/containers/packages",
                "2025-06-01"
            )
        )
        #expect(blob(.get, "packages/app.zip").header("x-ms-error-code") == "ContainerNotFound")
    }

    @Test mutating func `one has the lease, and others wait until it is over`() throws {
        _ = blob(.put, "locks?restype=container")
        _ = blob(.put, "locks/one", "lock")
        let first = lease("acquire", ["x-ms-lease-duration": "15"])
        #expect(first.status == .created)
        let id = try #require(first.header("x-ms-lease-id"))
        #expect(lease("acquire", ["x-ms-lease-duration": "15"]).header("x-ms-error-code") == "LeaseAlreadyPresent")
        #expect(lease("acquire", ["x-ms-lease-duration": "5"]).status == .badRequest)
        #expect(blob(.put, "locks/one", "x").header("x-ms-error-code") == "LeaseIdMissing")
        let stranger = ["x-ms-lease-id": "00000000-0000-4000-8000-000000000000"]
        #expect(blob(.put, "locks/one", "x", stranger).header("x-ms-error-code") == "LeaseIdMismatchWithBlobOperation")
        #expect(blob(.put, "locks/one", "x", ["x-ms-lease-id": id]).status == .created)
        #expect(blob(.get, "locks/one").header("x-ms-lease-state") == "leased")
        cloud.advance(10)
        #expect(lease("renew", ["x-ms-lease-id": id]).status == .ok)
        cloud.advance(14)
        #expect(blob(.get, "locks/one").header("x-ms-lease-state") == "leased")
        cloud.advance(1)
        #expect(blob(.get, "locks/one").header("x-ms-lease-state") == "expired")
        #expect(blob(.put, "locks/one", "x", ["x-ms-lease-id": id]).header("x-ms-error-code") == "LeaseLost")
        #expect(lease("renew", ["x-ms-lease-id": id]).status == .ok)
        #expect(lease("release", ["x-ms-lease-id": id]).status == .ok)
        #expect(lease("acquire", ["x-ms-lease-duration": "-1"]).status == .created)
        #expect(blob(.get, "locks/one").header("x-ms-lease-duration") == "infinite")
    }

    @Test mutating func `a lease can be broken by anybody`() throws {
        _ = blob(.put, "locks?restype=container")
        _ = blob(.put, "locks/one", "lock")
        #expect(lease("break").header("x-ms-error-code") == "LeaseNotPresentWithLeaseOperation")
        let id = try #require(lease("acquire", ["x-ms-lease-duration": "60"]).header("x-ms-lease-id"))
        let broken = lease("break", ["x-ms-lease-break-period": "10"])
        #expect(broken.status == .accepted)
        #expect(broken.header("x-ms-lease-time") == "10")
        #expect(blob(.get, "locks/one").header("x-ms-lease-state") == "breaking")
        #expect(lease("acquire", ["x-ms-lease-duration": "15"]).header("x-ms-error-code") == "LeaseAlreadyPresent")
        #expect(lease("renew", ["x-ms-lease-id": id]).header("x-ms-error-code") == "LeaseIsBrokenAndCannotBeRenewed")
        cloud.advance(10)
        #expect(blob(.get, "locks/one").header("x-ms-lease-state") == "broken")
        #expect(lease("acquire", ["x-ms-lease-duration": "15"]).status == .created)
        #expect(lease("renew", ["x-ms-lease-id": id]).header("x-ms-error-code") == "LeaseIdMismatchWithLeaseOperation")
    }

    @Test mutating func `a write ends what is left of a lease`() throws {
        _ = blob(.put, "locks?restype=container")
        _ = blob(.put, "locks/one", "lock")
        let id = try #require(lease("acquire", ["x-ms-lease-duration": "15"]).header("x-ms-lease-id"))
        cloud.advance(15)
        #expect(blob(.put, "locks/one", "mine").status == .created)
        #expect(lease("renew", ["x-ms-lease-id": id]).header("x-ms-error-code") == "LeaseIdMismatchWithLeaseOperation")
    }

    // MARK: Tables

    private mutating func table(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ body: JSON? = nil,
        match: String? = nil
    ) -> AzureResponse {
        var headers = HTTPFields()
        if let name = HTTPField.Name("x-ms-version") { headers[name] = "2020-12-06" }
        headers[.ifMatch] = match
        headers[.accept] = "application/json;odata=nometadata"
        if body != nil { headers[.contentType] = "application/json" }
        return cloud.send(
            method,
            "https://files1.table.core.windows.net/\(path)",
            body,
            headers: headers,
            audience: "https://storage.azure.com"
        )
    }

    @Test mutating func `entities are inserted, merged on condition, and deleted`() throws {
        #expect(table(.post, "Tables", ["TableName": "runs"]).status == .created)
        #expect(table(.post, "Tables", ["TableName": "runs"]).status == .conflict)
        let entity: JSON = ["PartitionKey": "it's", "RowKey": "1", "State": "new", "Count": 1]
        #expect(table(.post, "runs", entity).status == .created)
        #expect(table(.post, "runs", entity).status == .conflict)
        let path = "runs(PartitionKey='it''s',RowKey='1')"
        let read = table(.get, path)
        let tag = try #require(read.header("ETag"))
        #expect(table(.patch, path, ["State": "old"], match: tag).status == .noContent)
        #expect(table(.patch, path, ["State": "older"], match: tag).status == .preconditionFailed)
        #expect(table(.get, path).json?["State"] == "old")
        #expect(table(.get, path).json?["Count"] == 1)
        #expect(table(.put, path, ["State": "only"]).status == .noContent)
        #expect(table(.get, path).json?["Count"] == nil)
        #expect(table(.delete, path).status == .badRequest)
        #expect(table(.delete, path, match: "*").status == .noContent)
        #expect(table(.get, path).json?["odata.error"]?["code"] == "ResourceNotFound")
        #expect(table(.patch, path, ["State": "x"], match: "*").status == .notFound)
    }

    @Test mutating func `entities are found by their keys, in pages`() {
        cloud.create("Microsoft.Storage/storageAccounts/files1/tableServices/default/tables/runs", "2025-06-01", [:])
        for number in 1...5 {
            _ = table(.post, "runs", ["PartitionKey": number < 4 ? "a" : "b", "RowKey": .string("\(number)")])
        }
        let filtered = table(.get, "runs()?$filter=PartitionKey%20eq%20'a'")
        #expect(filtered.json?["value"]?.array?.count == 3)
        let first = table(.get, "runs()?$top=2")
        #expect(first.header("x-ms-continuation-NextRowKey") == "3")
        let rest = table(.get, "runs()?NextPartitionKey=a&NextRowKey=3")
        #expect(rest.json?["value"]?.array?.count == 3)
        #expect(
            table(.get, "runs()?$filter=RowKey%20gt%20'2'%20and%20not%20(RowKey%20eq%20'4')").json?["value"]?.array?
                .count == 2
        )
        #expect(table(.get, "runs()?$filter=State%20equals%20'new'").status == .badRequest)
        #expect(table(.get, "runs()?$top=0").status == .badRequest)
    }
}
