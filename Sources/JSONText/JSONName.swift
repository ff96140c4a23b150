/// The name of a member while it is read: compared without being copied.
package struct JSONName {
    private let plain: UnsafeBufferPointer<UInt8>
    /// The bytes where they had to be unescaped first.
    private let unescaped: [UInt8]?

    init(plain bytes: UnsafeBufferPointer<UInt8>) {
        self.plain = bytes
        self.unescaped = nil
    }

    init(escaped bytes: [UInt8]) {
        self.plain = UnsafeBufferPointer(start: nil, count: 0)
        self.unescaped = bytes
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    fileprivate var bytes: [UInt8] { unescaped ?? Array(plain) }
    fileprivate var plainBytes: UnsafeBufferPointer<UInt8>? { unescaped == nil ? plain : nil }

    package static func == (name: JSONName, text: StaticString) -> Bool {
        text.withUTF8Buffer { text in
            name.unescaped.map { $0.elementsEqual(text) } ?? areEqual(name.plain, text)
        }
    }

    fileprivate static func areEqual(_ one: UnsafeBufferPointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>) -> Bool {
        guard one.count == other.count else { return false }
        for index in 0..<one.count where one[index] != other[index] { return false }
        return true
    }
}

/// The names of one object so far.
struct KnownNames {
    /// Up to so many names are compared one by one, which is quicker than to hash them.
    static let few = 12

    /// Where the object's names begin among those of all objects around it.
    let start: Int
    private var many: Set<[UInt8]>?

    init(from start: Int) {
        self.start = start
    }

    /// Adds a name; `false` where it is there already.
    mutating func insert(_ name: JSONName, in names: inout [UnsafeBufferPointer<UInt8>]) -> Bool {
        if many == nil, names.count - start < Self.few, let plain = name.plainBytes {
            for index in start..<names.count where JSONName.areEqual(names[index], plain) { return false }
            names.append(plain)
            return true
        }
        if many == nil { many = Set(names[start...].map { Array($0) }) }
        return many?.insert(name.bytes).inserted ?? false
    }
}
