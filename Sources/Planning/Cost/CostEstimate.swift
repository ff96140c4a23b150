public import StackGraph

/// What a stack costs in a month on Azure, by list prices and assumptions.
public struct CostEstimate: Sendable, Hashable {
    public let stack: String
    public let usage: Usage
    public let prices: PriceTable
    /// A line for each resource, and one for the bus that all queues and topics share.
    public let lines: [Line]
    /// What the subscription's free grants take off, each counted once.
    public let grants: [Charge]
    /// What is known of the costs; see ``unpriced``.
    public let total: Double
    /// What is saved by sleeping instead of keeping one replica of each container up; `nil` where none sleeps.
    public let savedBySleeping: Double?

    public struct Line: Sendable, Hashable {
        public let subject: Subject
        /// Whether it costs something though nobody uses the stack.
        public let isAlwaysOn: Bool
        public let charges: [Charge]
        /// What of it has no known price, and is left out of all amounts.
        public let unpriced: [String]

        public var amount: Double { charges.reduce(0) { $0 + $1.amount } }
    }

    public enum Subject: Sendable, Hashable {
        case resource(ResourceID)
        /// The namespace of these queues, topics and subscriptions.
        case messageBus([ResourceID])
    }

    public struct Charge: Sendable, Hashable {
        public let price: Price
        public let quantity: Double
        public let amount: Double
    }

    /// What has no known price, and of which line.
    public var unpriced: [(subject: Subject, what: String)] {
        lines.flatMap { line in line.unpriced.map { (line.subject, $0) } }
    }

    /// The prices that the amounts rest on, in the order of the table.
    public var usedPrices: [Price] {
        let used = Set(lines.flatMap { $0.charges.map(\.price.meter) })
        return prices.prices.filter { used.contains($0.meter) }
    }

    public init(_ graph: Graph, _ usage: Usage = Usage(), prices: PriceTable = .current) {
        let sum = CostSum(graph, usage, prices)
        self.stack = graph.name
        self.usage = usage
        self.prices = prices
        self.lines = sum.lines
        self.grants = sum.grants
        self.total = sum.total
        let awake = graph.withoutSleep
        self.savedBySleeping = awake == graph ? nil : CostSum(awake, usage, prices).total - sum.total
    }
}

/// All amounts of one graph.
private struct CostSum {
    let lines: [CostEstimate.Line]
    let grants: [CostEstimate.Charge]

    init(_ graph: Graph, _ usage: Usage, _ prices: PriceTable) {
        let counter = UsageCounter(graph: graph, usage: usage)
        let lines = counter.counts.map { $0.line(by: prices) }
        self.lines = lines
        self.grants = Self.grants(lines.flatMap(\.charges), prices)
    }

    /// Never below nothing, whatever rounding does.
    var total: Double {
        max(0, lines.reduce(0) { $0 + $1.amount } - grants.reduce(0) { $0 + $1.amount })
    }

    private static func grants(_ charges: [CostEstimate.Charge], _ prices: PriceTable) -> [CostEstimate.Charge] {
        let quantities = charges.reduce(into: [Meter: Double]()) { $0[$1.price.meter, default: 0] += $1.quantity }
        return prices.prices.compactMap { price in
            guard case .subscription(let free) = price.allowance, let used = quantities[price.meter], used > 0 else {
                return nil
            }
            let quantity = min(free, used)
            return CostEstimate.Charge(price: price, quantity: quantity, amount: price.amount(for: quantity))
        }
    }
}

extension UsageCounter.Count {
    fileprivate func line(by prices: PriceTable) -> CostEstimate.Line {
        var unpriced = unpriced
        var charges: [CostEstimate.Charge] = []
        for use in uses where use.quantity > 0 {
            guard let price = prices.price(of: use.meter) else {
                unpriced.append(use.meter.rawValue)
                continue
            }
            let amount = price.amount(for: use.quantity)
            charges.append(CostEstimate.Charge(price: price, quantity: use.quantity, amount: amount))
        }
        return CostEstimate.Line(subject: subject, isAlwaysOn: isAlwaysOn, charges: charges, unpriced: unpriced)
    }
}

extension Graph {
    /// The same stack with at least one replica of each container.
    fileprivate var withoutSleep: Graph {
        Graph(name: name, version: version, redundancy: redundancy, nodes: nodes.map(\.withoutSleep))
    }
}

extension Node {
    fileprivate var withoutSleep: Node {
        guard case .containerApp(let app) = kind, app.replicas.lowerBound == 0, app.replicas.upperBound > 0 else {
            return self
        }
        let awake = ContainerAppNode(
            service: app.service,
            image: app.image,
            port: app.port,
            size: app.size,
            replicas: 1...app.replicas.upperBound,
            triggers: app.triggers,
            source: app.source
        )
        return Node(id: id, kind: .containerApp(awake))
    }
}
