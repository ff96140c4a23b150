import Planning
import StackGraph

/// The sentences of an estimate, whatever its form.
struct CostWords {
    let estimate: CostEstimate

    var title: String {
        let unknown = estimate.unpriced.count
        let rest = unknown == 0 ? "" : ", and \(unknown) cost\(unknown == 1 ? "" : "s") without a known price"
        return "\(estimate.stack): about \(Amounts.dollars(estimate.total)) a month\(rest)"
    }

    var caveat: String {
        "An estimate by list prices of \(estimate.prices.date), \(estimate.prices.region); "
            + "without network traffic, taxes and discounts."
    }

    var saving: String? {
        estimate.savedBySleeping.map {
            "Sleeping saves \(Amounts.dollars($0)) a month against one replica of each container always up."
        }
    }

    /// What is left out of the total.
    var unpriced: String? {
        let parts = estimate.unpriced.map { "\(Self.name(of: $0.subject)) (\($0.what))" }
        return parts.isEmpty ? nil : "No price known, and left out: \(parts.joined(separator: ", "))."
    }

    /// The prices that somebody should look up before relying on them.
    var doubtful: [String] {
        estimate.usedPrices.filter { $0.evidence != .recorded }.map { price in
            "\(price.meter.words), \(Self.unitPrice(price)): \(price.evidence.rawValue); \(price.source)"
        }
    }

    var assumptions: [UsageAssumption] { UsageAssumption.all(estimate.usage) }

    static func name(of subject: CostEstimate.Subject) -> String {
        switch subject {
        case .resource(let id): id.name
        case .messageBus: "message bus"
        }
    }

    /// What a line is made of: `730 hours base, 300,000 operations`.
    static func details(of line: CostEstimate.Line) -> String {
        let charges = line.charges.map { Amounts.quantity($0) }
        let bus: [String] =
            switch line.subject {
            case .resource: []
            case .messageBus(let ids): ["for " + ids.map(\.name).joined(separator: ", ")]
            }
        let unpriced = line.unpriced.map { "no price known: \($0)" }
        return (charges + bus + unpriced).joined(separator: ", ")
    }

    static func amount(of line: CostEstimate.Line) -> String {
        line.charges.isEmpty && !line.unpriced.isEmpty ? "unknown" : Amounts.dollars(line.amount)
    }

    static func unitPrice(_ price: Price) -> String {
        let dollars = price.tiers.map { "$\(Amounts.exact($0.dollars))" }.joined(separator: ", then ")
        let batch = price.batch == 1 ? "a \(price.unit)" : "for \(Amounts.number(price.batch)) \(price.units)"
        return "\(dollars) \(batch)"
    }
}

extension Price {
    /// The unit in the plural.
    var units: String { unit.hasSuffix("GB") ? unit : unit + "s" }
}

extension Meter {
    var words: String {
        switch self {
        case .blobReads: "reads of blobs"
        case .blobStorage: "blobs"
        case .blobWrites: "writes of blobs"
        case .busBase: "Service Bus"
        case .busOperations: "operations of Service Bus"
        case .cacheNode: "Managed Redis"
        case .containerMemoryActive: "memory of containers"
        case .containerMemoryIdle: "memory of idle containers"
        case .containerProcessorActive: "processors of containers"
        case .containerProcessorIdle: "processors of idle containers"
        case .containerRequests: "requests to containers"
        case .databaseRequestUnits: "request units of Cosmos DB"
        case .databaseStorage: "documents"
        case .functionExecutions: "executions of functions"
        case .functionTime: "time of functions"
        case .logs: "logs"
        case .registryBase: "Container Registry"
        case .registryStorage: "images"
        case .secretOperations: "operations of Key Vault"
        case .tableOperations: "operations of tables"
        }
    }
}
