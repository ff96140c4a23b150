#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Finds the ends of lines, each byte looked at once for each kind of break.
struct LineBreaks {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var nextLineFeed: Int
    private var nextCarriageReturn: Int

    init(in bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        self.nextLineFeed = Self.place(of: lineFeed, in: bytes, from: 0)
        self.nextCarriageReturn = Self.place(of: carriageReturn, in: bytes, from: 0)
    }

    /// Where the line ends that begins at a place; `nil` where these bytes do not hold its end.
    mutating func end(from place: Int) -> Int? {
        if nextLineFeed < place { nextLineFeed = Self.place(of: lineFeed, in: bytes, from: place) }
        if nextCarriageReturn < place { nextCarriageReturn = Self.place(of: carriageReturn, in: bytes, from: place) }
        let end = min(nextLineFeed, nextCarriageReturn)
        return end < bytes.count ? end : nil
    }

    /// The count of the bytes where there is none.
    private static func place(of byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        guard start < bytes.count, let base = bytes.baseAddress,
            let found = memchr(base + start, Int32(byte), bytes.count - start)
        else { return bytes.count }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }
}
