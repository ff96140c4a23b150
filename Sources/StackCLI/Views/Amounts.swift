import Planning

/// Numbers as people read them.
enum Amounts {
    /// `$1,234.50`; less than a cent is said to be that.
    static func dollars(_ amount: Double) -> String {
        guard amount >= 0 else { return "−" + dollars(-amount) }
        let cents = (amount * 100).rounded()
        if cents == 0, amount > 0 { return "< $0.01" }
        guard cents < 1e15 else { return "$" + String(amount) }
        let whole = Int(cents)
        let rest = whole % 100
        return "$\(grouped(whole / 100)).\(rest < 10 ? "0" : "")\(rest)"
    }

    /// `1,234`, and with up to two decimals where there are any: `0.5`.
    static func number(_ value: Double) -> String {
        let hundredths = (abs(value) * 100).rounded()
        guard hundredths < 1e15 else { return String(value) }
        let whole = Int(hundredths)
        let rest = whole % 100
        let decimals = rest == 0 ? "" : rest % 10 == 0 ? ".\(rest / 10)" : ".\(rest < 10 ? "0" : "")\(rest)"
        return (value < 0 ? "−" : "") + grouped(whole / 100) + decimals
    }

    /// `0.000024`: every digit of a price, and no exponent.
    static func exact(_ value: Double) -> String {
        let digits = String(Int((value * 1_000_000).rounded()))
        let padded = String(repeating: "0", count: max(0, 7 - digits.count)) + digits
        let decimals = padded.suffix(6).reversed().drop { $0 == "0" }.reversed()
        return padded.dropLast(6) + (decimals.isEmpty ? "" : "." + String(decimals))
    }

    /// A quantity with its unit: `1,460 node-hours`.
    static func quantity(_ charge: CostEstimate.Charge) -> String {
        "\(number(charge.quantity)) \(charge.quantity == 1 ? charge.price.unit : charge.price.units)"
    }

    /// `820 bytes`, `64 KB`, `23.5 MB`.
    static func bytes(_ count: Int64) -> String {
        switch count {
        case ..<1_000: "\(count) bytes"
        case ..<1_000_000: "\(count / 1_000) KB"
        default: "\(count / 1_000_000).\(count / 100_000 % 10) MB"
        }
    }

    private static func grouped(_ number: Int) -> String {
        let digits = Array(String(number))
        return digits.enumerated().reduce(into: "") { text, digit in
            if digit.offset > 0, (digits.count - digit.offset) % 3 == 0 { text += "," }
            text.append(digit.element)
        }
    }
}
