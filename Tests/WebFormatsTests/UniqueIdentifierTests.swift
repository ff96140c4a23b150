import Testing
import WebFormats

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct UniqueIdentifierTests {
    /// Where the version and the variant stand: RFC 9562, section 4.
    private static var form: Regex<(Substring, Substring)> {
        #/[0-9a-f]{8}-[0-9a-f]{4}-([47])[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/#
    }

    @Test func `identifiers are UUIDs that nobody else has`() throws {
        let random = (0..<1000).map { _ in UniqueIdentifier.random() }
        let ordered = (0..<1000).map { _ in UniqueIdentifier.ordered(at: 1) }
        for (version, identifiers) in [("4", random), ("7", ordered)] {
            for identifier in identifiers {
                #expect(try Self.form.wholeMatch(in: identifier)?.output.1 ?? "" == version)
                #expect(UUID(uuidString: identifier)?.uuidString.lowercased() == identifier)
            }
            #expect(Set(identifiers).count == 1000)
        }
    }

    /// The example of RFC 9562, appendix A.6.
    @Test func `an identifier begins with its time`() {
        #expect(UniqueIdentifier.ordered(at: 0x017F_22E2_79B0).hasPrefix("017f22e2-79b0-7"))
    }

    @Test func `later ones sort behind`() {
        let times = (0..<1000).map { 1_795_000_000_000 + Int64($0) * 7 }
        let identifiers = times.map { UniqueIdentifier.ordered(at: $0) }
        #expect(identifiers == identifiers.sorted())
    }
}
