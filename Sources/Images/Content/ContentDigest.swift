import Crypto
import WebFormats

/// The name of content by what it is: `sha256:` and 64 lowercase hexadecimal digits.
///
/// Source: github.com/opencontainers/image-spec/blob/v1.1.0/descriptor.md#digests
public struct ContentDigest: Sendable, Hashable {
    static let prefix = "sha256:"

    /// The digits without the name of the algorithm.
    public let hexadecimal: String

    /// Reads a digest; `nil` where it is none, or of another algorithm.
    public init?(_ text: some StringProtocol) {
        guard text.hasPrefix(Self.prefix) else { return nil }
        let digits = String(text.dropFirst(Self.prefix.count))
        let isSound = digits.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard isSound, digits.utf8.count == 64 else { return nil }
        self.hexadecimal = digits
    }

    public init(of bytes: [UInt8]) {
        self.init(SHA256.hash(data: bytes))
    }

    init(_ digest: SHA256Digest) {
        self.hexadecimal = digest.hexadecimal
    }
}

extension ContentDigest: CustomStringConvertible {
    public var description: String { Self.prefix + hexadecimal }
}
