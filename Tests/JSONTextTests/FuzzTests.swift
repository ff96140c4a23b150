import JSONText
import Testing
import TestInstruments

/// Random documents and random bytes from fixed seeds, so that a failure comes again.
@Suite struct FuzzTests {
    @Test(arguments: 1...20)
    func `what is written is read back`(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let value = JSON.random(depth: 5, using: &random)
            #expect(try JSON(parsing: value.bytes) == value)
            #expect(try JSON(parsing: value.asciiText) == value)
        }
    }

    @Test(arguments: 1...20)
    func `random bytes are read or refused, and what is read is written back`(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array(#"{}[]",:\u0123456789abcdefnrtlsE+-. "#.utf8) + [0x00, 0x0A, 0x7F, 0xC3, 0xA9, 0xFF]
        for _ in 0..<2000 {
            let count = Int.random(in: 0...24, using: &random)
            let bytes = (0..<count).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            guard let value = try? JSON(parsing: bytes) else { continue }
            #expect(try JSON(parsing: value.bytes) == value)
        }
    }

    @Test(arguments: 1...10)
    func `a document with one byte changed is read or refused`(seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            var bytes = JSON.random(depth: 4, using: &random).bytes
            let place = Int.random(in: bytes.indices, using: &random)
            bytes[place] = UInt8.random(in: 0...255, using: &random)
            guard let value = try? JSON(parsing: bytes) else { continue }
            #expect(try JSON(parsing: value.bytes) == value)
        }
    }
}

extension JSON {
    static func random(depth: Int, using random: inout SeededGenerator) -> JSON {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .number(String(Int.random(in: -1000...1000, using: &random)))
        case 3: return .number("\(Int.random(in: 0...9, using: &random)).5e-7")
        case 4: return .string(text(using: &random))
        case 5:
            let count = Int.random(in: 0...4, using: &random)
            return .array((0..<count).map { _ in .random(depth: depth - 1, using: &random) })
        default:
            let count = Int.random(in: 0...4, using: &random)
            return .object(
                (0..<count).map { index in
                    Member("\(index)" + text(using: &random), .random(depth: depth - 1, using: &random))
                }
            )
        }
    }

    private static func text(using random: inout SeededGenerator) -> String {
        let ranges: [ClosedRange<UInt32>] = [0...0x7F, 0x80...0x7FF, 0xE000...0xFFFF, 0x1_0000...0x10_FFFF]
        var text = ""
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            let range = ranges.randomElement(using: &random) ?? 0...0x7F
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
