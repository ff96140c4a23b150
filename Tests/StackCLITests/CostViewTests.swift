import ArgumentParser
import JSONText
import Planning
import StackGraph
import Testing

@testable import StackCLI

struct CostViewTests {
    private static let queue = QueueNode(
        maxDeliveries: 1,
        lockSeconds: 60,
        deduplicationSeconds: nil,
        timeToLiveSeconds: nil
    )
    private static let app = ContainerAppNode(
        service: ServiceNode(executable: "Chat", arguments: [], contract: [], environment: []),
        image: ImageNode(registry: ResourceID("images"), repository: "chat", tag: "1"),
        port: 8000,
        size: .halfCore,
        replicas: 0...10,
        triggers: [.http(concurrency: 50)],
        source: nil
    )
    static let estimate = CostEstimate(
        Graph(
            name: "shop-dev",
            nodes: [
                Node(id: ResourceID("cache"), kind: .cache), Node(id: ResourceID("chat"), kind: .containerApp(app)),
                Node(id: ResourceID("jobs"), kind: .queue(queue)),
                Node(id: ResourceID("model"), kind: .modelDeployment(ModelNode(model: "m", version: "1", capacity: 1))),
            ]
        ),
        Usage(requests: 3_000_000)
    )

    @Test func `people see a line for each resource, the total and what it rests on`() {
        let lines = CostView(palette: Palette(isOn: false)).lines(Self.estimate)
        #expect(
            lines.prefix(14).map { $0 + "|" }.joined(separator: "\n") == """
                shop-dev: about $26.59 a month, and 1 cost without a known price|
                An estimate by list prices of 2026-11-21, East US, or the region that a row names; without network traffic, taxes and discounts.|
                |
                RESOURCE         A MONTH             FOR|
                message bus        $9.81  always on  730 hours, 300,000 operations, for jobs|
                cache             $13.14  always on  730 node-hours|
                chat               $9.84             288,000 vCPU-seconds, 576,000 GiB-seconds, 3,000,000 requests|
                model            unknown             no price known: tokens of m 1|
                free each month   −$4.32             180,000 vCPU-seconds, processors of containers|
                free each month   −$1.08             360,000 GiB-seconds, memory of containers|
                free each month   −$0.80             2,000,000 requests, requests to containers|
                total             $26.59|
                |
                Sleeping saves $9.23 a month against one replica of each container always up.|
                """
        )
        let text = lines.joined(separator: "\n")
        #expect(text.contains("No price known, and left out: model (tokens of m 1)."))
        #expect(text.contains("Managed Redis, $0.018 a node-hour: quoted"))
        #expect(text.contains("  3,000,000 requests to each web container and function (--requests)"))
    }

    @Test func `programs get one document that adds up`() throws {
        let document = CostJSON.document(Self.estimate)
        #expect(try JSON(parsing: document.text) == document)
        let lines = document["lines"]?.array ?? []
        let gross = lines.compactMap { $0["amount"]?.double }.reduce(0, +)
        let free = (document["grants"]?.array ?? []).compactMap { $0["amount"]?.double }.reduce(0, +)
        #expect(abs(gross - free - (document["total"]?.double ?? 0)) < 0.001)
        #expect(lines.map { $0["alwaysOn"]?.bool } == [true, true, false, false])
        #expect(document["assumptions"]?["requests"] == 3_000_000)
        #expect(document["unpriced"] == [["resource": "model", "what": "tokens of m 1"]])
        #expect(document["prices"]?["date"] == "2026-11-21")
    }

    @Test func `a pull request gets a table`() {
        let text = CostMarkdown.text(Self.estimate)
        #expect(text.hasPrefix("### shop-dev: about $"))
        #expect(text.contains("| cache | $13.14 | always on | 730 node-hours |"))
        #expect(text.contains("| model | unknown |  | no price known: tokens of m 1 |"))
        #expect(text.contains("<details><summary>Assumptions</summary>"))
    }

    static let amounts: [(amount: Double, words: String)] = [
        (0, "$0.00"), (0.004, "< $0.01"), (0.005, "$0.01"), (1234.5, "$1,234.50"), (-3, "−$3.00"),
        (999_999.999, "$1,000,000.00"),
    ]

    @Test(arguments: amounts)
    func `an amount is told to the cent`(row: (amount: Double, words: String)) {
        #expect(Amounts.dollars(row.amount) == row.words)
    }

    @Test func `numbers are grouped, and prices keep their digits`() {
        #expect(
            [0, 0.5, 0.05, 12, 1234.25, 1_000_000].map(Amounts.number) == [
                "0", "0.5", "0.05", "12", "1,234.25", "1,000,000",
            ]
        )
        #expect([0.000_024, 0.4, 9.81, 3].map(Amounts.exact) == ["0.000024", "0.4", "9.81", "3"])
    }

    @Test func `every assumption has an option that changes it`() throws {
        let plain = UsageAssumption.all(try UsageOptions.parse([]).usage)
        #expect(plain.map(\.value) == UsageAssumption.all(Usage()).map(\.value))
        let words = plain.enumerated().flatMap { [$1.option, String($0 + 1)] }
        let changed = UsageAssumption.all(try UsageOptions.parse(words).usage)
        #expect(changed.map(\.value) == plain.indices.map { Double($0 + 1) })
    }
}
