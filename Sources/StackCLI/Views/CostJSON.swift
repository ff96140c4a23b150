import JSONText
import Planning
import StackGraph

/// An estimate for programs: one document, and a version that says how to read it.
enum CostJSON {
    static let version = 1

    static func document(_ estimate: CostEstimate) -> JSON {
        .compact([
            "version": JSON(version),
            "stack": .string(estimate.stack),
            "currency": "USD",
            "total": amount(estimate.total),
            "savedBySleeping": estimate.savedBySleeping.map(amount),
            "lines": .array(estimate.lines.map(line)),
            "grants": .array(estimate.grants.map(charge)),
            "unpriced": .array(
                estimate.unpriced.map {
                    ["resource": .string(CostWords.name(of: $0.subject)), "what": .string($0.what)]
                }
            ),
            "assumptions": .object(UsageAssumption.all(estimate.usage).map { .init($0.name, number($0.value)) }),
            "prices": ["date": .string(estimate.prices.date), "rows": .array(estimate.usedPrices.map(price))],
        ])
    }

    private static func line(_ line: CostEstimate.Line) -> JSON {
        let entities: JSON? =
            switch line.subject {
            case .resource: nil
            case .messageBus(let ids): .array(ids.map { .string($0.name) })
            }
        return .compact([
            "resource": .string(CostWords.name(of: line.subject)),
            "entities": entities,
            "amount": amount(line.amount),
            "alwaysOn": .bool(line.isAlwaysOn),
            "charges": .array(line.charges.map(charge)),
            "unpriced": .array(line.unpriced.map { .string($0) }),
        ])
    }

    private static func charge(_ charge: CostEstimate.Charge) -> JSON {
        [
            "meter": .string(charge.price.meter.rawValue),
            "quantity": number(charge.quantity),
            "unit": .string(charge.price.unit),
            "amount": amount(charge.amount),
        ]
    }

    private static func price(_ price: Price) -> JSON {
        [
            "meter": .string(price.meter.rawValue),
            "unit": .string(price.unit),
            "batch": number(price.batch),
            "dollars": .array(price.tiers.map { ["from": number($0.start), "dollars": number($0.dollars)] }),
            "evidence": .string(price.evidence.rawValue),
            "source": .string(price.source),
        ]
    }

    /// To the hundredth of a cent, so that the last bit of a sum says nothing.
    private static func amount(_ dollars: Double) -> JSON {
        number((dollars * 10_000).rounded() / 10_000)
    }

    private static func number(_ value: Double) -> JSON {
        value == value.rounded() && abs(value) < 1e15 ? JSON(Int(value)) : .number(String(value))
    }
}
