/// Numbers and names that look random and are the same in every run with the same seed (SplitMix64).
struct SeededSource: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) {
        self.state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Whether a thing of this probability happens.
    mutating func happens(_ rate: Double) -> Bool {
        // A draw for every question, so that one rate does not shift the others.
        Double(next() >> 11) / Double(1 << 53) < rate
    }

    /// A number of this many hexadecimal digits.
    mutating func digits(_ count: Int) -> String {
        var text = ""
        while text.count < count {
            let part = String(next(), radix: 16)
            text += String(repeating: "0", count: 16 - part.count) + part
        }
        return String(text.prefix(count))
    }

    /// A GUID of version 4: `7f951dda-4ed3-4680-a7ca-43fe172d538d`.
    mutating func guid() -> String {
        let text = Array(digits(32))
        let parts = [text[0..<8], text[8..<12], "4" + text[13..<16], "a" + text[17..<20], text[20..<32]]
        return parts.map { String($0) }.joined(separator: "-")
    }
}
