/// Some of the numbers from 0 to 63.
struct NumberSet: Hashable, Sendable {
    private var bits: UInt64 = 0

    var isEmpty: Bool { bits == 0 }
    var count: Int { bits.nonzeroBitCount }

    mutating func insert(_ number: Int) { bits |= 1 << UInt64(number) }

    func contains(_ number: Int) -> Bool { bits >> UInt64(number) & 1 == 1 }

    /// The smallest member that is not below a number of at most 64.
    func first(from number: Int) -> Int? {
        let rest = bits & (UInt64.max << UInt64(number))
        return rest == 0 ? nil : rest.trailingZeroBitCount
    }

    /// The largest member that is not above a number of at least -1.
    func last(upTo number: Int) -> Int? {
        let rest = bits & ~(UInt64.max << UInt64(number + 1))
        return rest == 0 ? nil : 63 - rest.leadingZeroBitCount
    }
}
