/// What Azure counts to charge for it.
public enum Meter: String, Sendable, Hashable, CaseIterable {
    case blobReads
    case blobStorage
    case blobWrites
    case busBase
    case busOperations
    case cacheNode
    case containerMemoryActive
    case containerMemoryIdle
    case containerProcessorActive
    case containerProcessorIdle
    case containerRequests
    case databaseRequestUnits
    case databaseStorage
    case functionExecutions
    case functionTime
    case logs
    case registryBase
    case registryStorage
    case secretOperations
    case tableOperations
}

/// The list price of a meter, and how much is known of it.
public struct Price: Sendable, Hashable {
    public let meter: Meter
    /// What is counted, as a bill names it: `vCPU-second`.
    public let unit: String
    /// How many units the dollars are for.
    public let batch: Double
    /// US dollars for a batch, and from how many units in a month on.
    public let tiers: [Tier]
    public let allowance: Allowance?
    public let evidence: Evidence
    /// Where the price was found, for which region, and when.
    public let source: String

    public struct Tier: Sendable, Hashable {
        public let start: Double
        public let dollars: Double
    }

    /// What is free in a month.
    public enum Allowance: Sendable, Hashable {
        /// Once for a subscription, whatever its resources.
        case subscription(Double)
        /// For each resource.
        case resource(Double)
    }

    public enum Evidence: String, Sendable, Hashable, CaseIterable {
        /// A public repository recorded an answer of the price list.
        case recorded
        /// Others quote it.
        case quoted
        case unverified
    }

    init(
        _ meter: Meter,
        _ dollars: Double,
        per batch: Double = 1,
        _ unit: String,
        above tiers: [Tier] = [],
        free allowance: Allowance? = nil,
        _ evidence: Evidence,
        _ source: String
    ) {
        self.meter = meter
        self.unit = unit
        self.batch = batch
        self.tiers = [Tier(start: 0, dollars: dollars)] + tiers
        self.allowance = allowance
        self.evidence = evidence
        self.source = source
    }

    /// What a month's quantity costs; what is free for each resource counts as a tier of its own.
    func amount(for quantity: Double) -> Double {
        let free = if case .resource(let free) = allowance { free } else { 0.0 }
        let ends = tiers.dropFirst().map(\.start) + [.infinity]
        return zip(tiers, ends).reduce(0) { sum, tier in
            let start = max(tier.0.start, free)
            return sum + max(0, min(quantity, tier.1) - start) / batch * tier.0.dollars
        }
    }
}
