import Azure
import AzureSimulator
import Foundation
import Settings
import SimulatedData
import Testing

struct TableTests {
    static let key = TableKey(partition: "it's / 50 %", row: "a#b?\\ \u{1} ! é 世界")
    static let properties: [String: TableValue] = [
        "Text": .string("it's\n"), "Flag": .bool(true), "Small": .integer(-7), "Large": .long(.max),
        "Real": .double(1), "Bytes": .binary(Data([0, 255])), "Moment": .moment("2026-01-01T00:00:00.1234567Z"),
        "Guid": .identifier("11111111-1111-4111-8111-111111111111"),
    ]

    @Test(arguments: SimulatedData.Access.allCases)
    func `an entity comes back as it was written, whatever its key`(access: SimulatedData.Access) async throws {
        try await SimulatedData.run { data in
            let table = try #require(data.table(access: access))
            #expect(try await table.entity(Self.key) == nil)
            guard case .done(let tag) = try await table.insert(TableEntity(Self.key, Self.properties)) else {
                Issue.record("it is not there")
                return
            }
            let found = try #require(try await table.entity(Self.key))
            #expect(found.properties == Self.properties)
            #expect(found.key == Self.key)
            #expect(found.tag == tag)
            #expect(try await table.insert(TableEntity(Self.key, [:])) == .conflict)
            let filter = TableFilter.partition(Self.key.partition).and(.row(.equal, Self.key.row))
            #expect(try await table.query(filter).entities == [found])
        }
    }

    @Test func `changes are made only to what was seen`() async throws {
        try await SimulatedData.run { data in
            let table = try #require(data.table())
            let key = TableKey(partition: "p", row: "1")
            #expect(try await table.replace(TableEntity(key, ["A": .integer(1)]), ifMatch: "*") == .missing)
            guard case .done(let first) = try await table.insert(TableEntity(key, ["A": .integer(1)])),
                case .done(let second) = try await table.replace(TableEntity(key, ["B": .integer(2)]), ifMatch: first)
            else {
                Issue.record("it was not written")
                return
            }
            #expect(try await table.entity(key)?.properties == ["B": .integer(2)])
            #expect(try await table.replace(TableEntity(key, [:]), ifMatch: first) == .conflict)
            #expect(try await table.delete(key, ifMatch: first) == .conflict)
            #expect(try await table.delete(key, ifMatch: second) == .done)
            #expect(try await table.delete(key) == .missing)
            guard case .done = try await table.replace(TableEntity(key, [:]), ifMatch: nil) else {
                Issue.record("it was not made")
                return
            }
        }
    }

    @Test func `queries go through all pages, and compare values of each type`() async throws {
        try await SimulatedData.run { data in
            let table = try #require(data.table())
            for number in 0..<25 {
                let key = TableKey(partition: "p\(number % 3)", row: "\(number)")
                _ = try await table.insert(
                    TableEntity(key, ["N": .long(Int64(number)), "Even": .bool(number % 2 == 0)])
                )
            }
            var found: [Int64] = []
            var next: TableContinuation?
            var pages = 0
            repeat {
                let page = try await table.query(.compare("N", .greaterOrEqual, .long(5)), limit: 6, after: next)
                found += page.entities.compactMap { $0.number("N") }
                next = page.next
                pages += 1
            } while next != nil
            #expect(found.sorted() == Array(5..<25))
            #expect(pages == 4)
            let even = TableFilter.partition("p0").and(.compare("Even", .equal, .bool(true)))
            #expect(try await table.query(even).entities.count == 5)
        }
    }

    @Test func `a wrong key is refused, and never shown`() async throws {
        try await SimulatedData.run { data in
            let address = try #require(WebAddress("http://127.0.0.1:\(data.port)/tables/files1"))
            let key = "d3Jvbmcga2V5IGNhbmFyeQ=="
            let table = TableClient(
                "things",
                at: address,
                account: "files1",
                credential: .key(SecretValue(key)),
                connection: data.connection
            )
            let error = await #expect(throws: AzureError.self) {
                _ = try await table.entity(TableKey(partition: "p", row: "r"))
            }
            #expect(error?.has(code: "AuthenticationFailed") == true)
            #expect("\(String(describing: error))".contains(key) == false)
        }
    }

    @Test func `nothing goes to another machine without encryption`() async throws {
        try await SimulatedData.run { data in
            let table = TableClient(
                "things",
                at: try #require(WebAddress("http://files1.example")),
                account: "files1",
                credential: .key(data.tableKey),
                connection: data.connection
            )
            let error = await #expect(throws: AzureError.self) { try await table.create() }
            #expect(error?.reason == .untrusted("http://files1.example"))
        }
    }

    @Test func `a table is made once`() async throws {
        try await SimulatedData.run { data in
            let table = try #require(data.table("more"))
            await #expect(throws: AzureError.self) { try await table.entity(TableKey(partition: "p", row: "r")) }
            try await table.create()
            try await table.create()
            #expect(try await table.entity(TableKey(partition: "p", row: "r")) == nil)
        }
    }

    /// Everything that passes by itself: storms, errors, and connections that end before and after the effect.
    static let faults: FaultRates = {
        var rates = FaultRates()
        rates.throttling = 0.05
        rates.stormLength = 2
        rates.stormWait = .seconds(1)
        rates.serverErrors = 0.1
        rates.dropsBefore = 0.05
        rates.dropsAfter = 0.15
        return rates
    }()

    @Test(arguments: 1...6)
    func `writes that are cut off are known for one's own`(seed: UInt64) async throws {
        try await SimulatedData.run(faults: Self.faults, seed: seed) { data in
            let table = try #require(data.table())
            for number in 0..<30 {
                let key = TableKey(partition: "p", row: "\(number)")
                guard case .done(let tag) = try await table.insert(TableEntity(key, ["N": .integer(1)])),
                    case .done(let next) = try await table.replace(TableEntity(key, ["N": .integer(2)]), ifMatch: tag)
                else {
                    Issue.record("\(number) met itself")
                    continue
                }
                #expect(try await table.insert(TableEntity(key, ["N": .integer(3)])) == .conflict)
                #expect(try await table.delete(key, ifMatch: next) == .done)
            }
        }
    }

    @Test(arguments: [
        ("https://main.table.core.windows.net/", "https://main.table.core.windows.net/", "main", false),
        ("http://127.0.0.1:10002/devstore", "http://127.0.0.1:10002/devstore", "devstore", false),
        (
            "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=ab==;EndpointSuffix=core.chinacloudapi.cn",
            "https://a.table.core.chinacloudapi.cn", "a", true
        ),
        ("AccountName=a;AccountKey=ab==", "https://a.table.core.windows.net", "a", true),
    ])
    func `settings name accounts`(text: String, address: String, name: String, hasKey: Bool) {
        guard case .account(let found, let account, let key) = TableLocation(text) else {
            Issue.record("it names none")
            return
        }
        #expect(found.text == address)
        #expect(account == name)
        #expect((key?.unsafeRevealed == "ab==") == hasKey)
    }

    @Test(arguments: ["", "main", "AccountName=a", "ftp://a", "=a;AccountName=b"])
    func `other texts name no account`(text: String) {
        #expect(TableLocation(text) == nil)
        #expect(DocumentLocation(text) == nil)
    }

    @Test func `a path names a folder`() {
        #expect(TableLocation("/stores/files") == .folder("/stores/files"))
        #expect(DocumentLocation("./data") == .folder("./data"))
    }
}

extension SimulatedData {
    fileprivate func table(access: Access) -> TableClient? { table(Self.table, access) }
}
