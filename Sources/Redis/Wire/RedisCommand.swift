import NIOCore

/// A command and its arguments.
///
/// Each argument travels with its length, so that no text, whatever it holds, can become a second command.
public struct RedisCommand: Sendable, Hashable {
    public let arguments: [Argument]

    /// One argument: text, bytes or a number.
    public struct Argument: Sendable, Hashable {
        let bytes: [UInt8]

        public init(_ bytes: [UInt8]) { self.bytes = bytes }
        public init(_ text: String) { self.bytes = Array(text.utf8) }
        public init(_ number: Int) { self.init(String(number)) }
    }

    public init(_ name: String, _ arguments: [Argument] = []) {
        self.arguments = [Argument(name)] + arguments
    }

    public init(_ name: String, _ arguments: Argument...) {
        self.init(name, arguments)
    }

    /// The bytes that it takes in a connection, as an upper bound.
    var size: Int {
        // Two line ends, a mark and a length stand with each argument.
        arguments.reduce(16) { $0 + $1.bytes.count + 16 }
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeString("*\(arguments.count)\r\n")
        for argument in arguments {
            buffer.writeString("$\(argument.bytes.count)\r\n")
            buffer.writeBytes(argument.bytes)
            buffer.writeString("\r\n")
        }
    }
}

extension RedisCommand.Argument: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    public init(stringLiteral text: String) { self.init(text) }
    public init(integerLiteral number: Int) { self.init(number) }
}

extension RedisCommand: CustomStringConvertible, CustomReflectable {
    /// The name alone: arguments may be secrets.
    public var description: String { String(decoding: arguments[0].bytes, as: UTF8.self) }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
