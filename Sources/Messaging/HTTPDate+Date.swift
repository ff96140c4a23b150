package import WebFormats

#if canImport(FoundationEssentials)
package import struct FoundationEssentials.Date
#else
package import struct Foundation.Date
#endif

extension HTTPDate {
    package var date: Date { Date(timeIntervalSince1970: Double(secondsSince1970)) }

    /// The moment, without its fraction of a second.
    package init(_ date: Date) {
        self.init(seconds: date.timeIntervalSince1970.rounded(.down))
    }

    /// The first whole second that is not before the moment, so that nothing becomes due too early.
    package init(notBefore date: Date) {
        self.init(seconds: date.timeIntervalSince1970.rounded(.up))
    }

    private init(seconds: Double) {
        // Far beyond all years that have a spelling, and no number that an integer cannot hold.
        self.init(secondsSince1970: Int(min(max(seconds, -1e15), 1e15)))
    }
}
