/// Cuts the output of a process into lines, whatever pieces it arrives in.
///
/// A line longer than the limit is cut, so that a process without line ends cannot fill the memory.
struct LineSplitter: Sendable {
    static let limit = 16 * 1024

    private var rest: [UInt8] = []
    private var isSkipping = false

    /// Takes more output and gives the lines that it completes, without their ends.
    mutating func lines(adding bytes: some Sequence<UInt8>) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                if !isSkipping { lines.append(take()) }
                isSkipping = false
            } else if !isSkipping {
                rest.append(byte)
                if rest.count == Self.limit {
                    lines.append(take() + "…")
                    isSkipping = true
                }
            }
        }
        return lines
    }

    /// What is left when the output has ended.
    mutating func last() -> String? {
        rest.isEmpty ? nil : take()
    }

    private mutating func take() -> String {
        defer { rest.removeAll(keepingCapacity: true) }
        if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
        return String(decoding: rest, as: UTF8.self)
    }
}
