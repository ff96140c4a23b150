import Crypto
package import HTTPTypes
import WebFormats

#if canImport(FoundationEssentials)
package import struct FoundationEssentials.Date
#else
package import struct Foundation.Date
#endif

/// Everything that reached the simulator, and what it did.
package struct Journal: Sendable {
    /// One request.
    package struct Entry: Sendable {
        package var number: Int
        package var method: HTTPRequest.Method
        package var path: String
        package var version: String?
        /// The status that was decided on; the client may not have learned it.
        package var status: Int
        package var code: String?
        package var delivery: AzureResponse.Delivery
        package var at: Date
        /// A fingerprint of the body, never the body: there are secrets in it.
        package var fingerprint: String
        /// The resources that the request created, changed or deleted.
        package var written: [String]
        /// The watched texts that were in the address, in a header or in the body.
        package var watched: [String]
    }

    /// The newest requests; older ones are forgotten, but counted.
    package private(set) var entries: [Entry] = []
    package private(set) var requestCount = 0
    package private(set) var writeCount = 0
    /// How often a resource was written, by key.
    package private(set) var writes: [String: Int] = [:]
    /// How often a resource was made that was not there, by key.
    package private(set) var creations: [String: Int] = [:]
    /// The most writes that were under way at a time below one parent, by key.
    package private(set) var highestConcurrency: [String: Int] = [:]
    private var active: [String: [Date]] = [:]
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// What stands for a body, which may hold secrets.
    package static func fingerprint(of body: [UInt8]) -> String {
        SHA256.hash(data: body).prefix(8).hexadecimal
    }

    /// Writes of one resource, whatever the case of its identifier.
    package func writes(of identifier: String) -> Int { writes[identifier.lowercased()] ?? 0 }

    package func highestConcurrency(below parent: String) -> Int { highestConcurrency[parent.lowercased()] ?? 0 }

    mutating func record(_ entry: Entry) {
        requestCount += 1
        var entry = entry
        entry.number = requestCount
        // Half is dropped at a time, so that dropping costs little.
        if entries.count >= limit { entries.removeFirst(max(limit / 2, 1)) }
        entries.append(entry)
    }

    mutating func noteCreation(of key: String) { creations[key, default: 0] += 1 }

    /// Notes a write and how long it is under way.
    mutating func noteWrite(of key: String, below parents: [String], from start: Date, to end: Date) {
        writeCount += 1
        writes[key, default: 0] += 1
        for parent in parents {
            let running = (active[parent] ?? []).filter { $0 > start } + [end]
            active[parent] = running
            highestConcurrency[parent] = max(highestConcurrency[parent] ?? 0, running.count)
        }
    }
}
