import Azure
import AzureSimulator
import JSONText
import Settings
import SimulatedData
import TestInstruments
import Testing

struct DocumentTests {
    private static func document(_ id: String, _ text: String) -> JSON { ["id": .string(id), "text": .string(text)] }

    @Test(arguments: SimulatedData.Access.allCases)
    func `a document is created, read, replaced and deleted`(access: SimulatedData.Access) async throws {
        try await SimulatedData.run { data in
            let posts = try #require(data.documents(access))
            let id = "é 世 'x'"
            #expect(try await posts.document(id, partition: id) == nil)
            guard case .done(let first) = try await posts.create(Self.document(id, "a"), partition: id) else {
                Issue.record("it is not there")
                return
            }
            #expect(try await posts.create(Self.document(id, "b"), partition: id) == .conflict)
            let found = try #require(try await posts.document(id, partition: id))
            #expect(found.json["text"] == "a")
            #expect(found.tag == first)
            let second = try await posts.replace(Self.document(id, "b"), partition: id, ifMatch: first)
            #expect(second != .conflict && second != .missing)
            #expect(try await posts.replace(Self.document(id, "c"), partition: id, ifMatch: first) == .conflict)
            #expect(try await posts.delete(id, partition: id, ifMatch: first) == .conflict)
            #expect(try await posts.delete(id, partition: id) == .done)
            #expect(try await posts.delete(id, partition: id) == .missing)
            #expect(try await posts.replace(Self.document(id, "c"), partition: id, ifMatch: nil) == .missing)
        }
    }

    @Test func `a query goes through all pages of all partitions`() async throws {
        try await SimulatedData.run { data in
            let posts = try #require(data.documents())
            for number in 0..<25 {
                _ = try await posts.create(
                    Self.document("\(number)", number % 5 == 0 ? "five" : "x"),
                    partition: "\(number)"
                )
            }
            var found: [String] = []
            var next: String?
            var pages = 0
            repeat {
                let page = try await posts.query("SELECT * FROM c", limit: 10, after: next)
                found += page.documents.compactMap { $0["id"]?.string }
                next = page.next
                pages += 1
            } while next != nil
            #expect(Set(found) == Set((0..<25).map { "\($0)" }))
            #expect(found.count == 25)
            #expect(pages == 3)
            let some = try await posts.query("SELECT * FROM c WHERE c.text = @text", ["@text": "five"], limit: 100)
            #expect(some.documents.count == 5)
            let error = await #expect(throws: AzureError.self) {
                try await posts.query("SELECT * FROM c", limit: 10, after: "nonsense")
            }
            #expect(error?.status == 400)
            await #expect(throws: AzureError.self) {
                try await posts.query("SELECT * FROM c ORDER BY c.id", limit: 10)
            }
        }
    }

    @Test(arguments: 1...6)
    func `writes that are cut off are known for one's own`(seed: UInt64) async throws {
        try await SimulatedData.run(faults: TableTests.faults, seed: seed) { data in
            let posts = try #require(data.documents())
            for number in 0..<30 {
                let id = "\(number)"
                guard case .done(let tag) = try await posts.create(Self.document(id, "a"), partition: id),
                    case .done(let next) = try await posts.replace(Self.document(id, "b"), partition: id, ifMatch: tag)
                else {
                    Issue.record("\(number) met itself")
                    continue
                }
                #expect(try await posts.create(Self.document(id, "c"), partition: id) == .conflict)
                #expect(try await posts.delete(id, partition: id, ifMatch: next) == .done)
            }
        }
    }

    @Test func `a service that is busy is left alone for as long as it asks`() async throws {
        var faults = FaultRates()
        faults.throttling = 1
        faults.stormLength = 1
        faults.stormWait = .seconds(3)
        try await SimulatedData.run(faults: faults) { data in
            var policy = RetryPolicy.data
            policy.tries = 2
            let posts = try #require(data.documents(policy: policy))
            let error = await #expect(throws: AzureError.self) { try await posts.document("1", partition: "1") }
            #expect(error?.status == 429)
            #expect(data.clock.sleeps.count == 1)
            #expect(data.clock.sleeps.allSatisfy { $0 >= .seconds(3) && $0 < .seconds(4) })
        }
    }

    @Test func `a wrong key and a missing container are no missing documents`() async throws {
        try await SimulatedData.run { data in
            let account = try #require(WebAddress("http://127.0.0.1:\(data.port)/documents/docs1"))
            func container(_ name: String, _ key: SecretValue) -> DocumentContainer {
                DocumentContainer(name, in: "main", of: account, credential: .key(key), connection: data.connection)
            }
            let wrong = container("posts", SecretValue("d3Jvbmcga2V5IGNhbmFyeQ=="))
            let unauthorized = await #expect(throws: AzureError.self) { try await wrong.document("1", partition: "1") }
            #expect(unauthorized?.status == 401)
            let missing = container("others", data.documentKey)
            let error = await #expect(throws: AzureError.self) { try await missing.document("1", partition: "1") }
            #expect(error?.isMissing == true)
        }
    }

    @Test func `settings name databases`() throws {
        let address = try #require(WebAddress("https://main.documents.azure.com:443"))
        #expect(
            DocumentLocation("https://main.documents.azure.com:443/dbs/posts")
                == .database("posts", account: address, key: nil)
        )
        #expect(
            DocumentLocation("AccountEndpoint=https://main.documents.azure.com:443;AccountKey=ab==;Database=posts;")
                == .database("posts", account: address, key: SecretValue("ab=="))
        )
        #expect(DocumentLocation("https://main.documents.azure.com:443/dbs/") == nil)
    }
}
