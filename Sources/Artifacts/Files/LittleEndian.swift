extension [UInt8] {
    /// Adds the bytes of a number, the lowest first.
    package mutating func append(littleEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    /// The number at an offset, the lowest byte first; `nil` where the bytes end before.
    package func littleEndian<Value: FixedWidthInteger>(at offset: Int, as type: Value.Type = Value.self) -> Value? {
        let size = Value.bitWidth / 8
        guard offset >= 0, offset <= count - size else { return nil }
        return self[offset..<offset + size].reversed().reduce(0) { $0 << 8 | Value(truncatingIfNeeded: $1) }
    }
}
