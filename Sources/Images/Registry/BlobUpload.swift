import Artifacts
import Azure
import NIOHTTP1

/// Sends one blob, and goes on where it was when the connection or the registry is gone for a while.
///
/// Source: github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#pushing-blobs
struct BlobUpload {
    /// How the blob came to be in the registry.
    enum Outcome: Sendable, Hashable {
        case sent(bytes: Int)
        /// The registry took it from another repository.
        case mounted
    }

    /// How often it may fail in a row without getting on, and begin anew in all.
    private static let patience = 8

    let client: RegistryClient
    let blob: ContentDescriptor
    let file: SourceFile
    /// How much travels in a request.
    let chunk: Int
    let mountingFrom: String?

    private enum Step {
        /// The registry has so many bytes, and takes the rest there.
        case going(WebAddress, offset: Int)
        case again
        case done
    }

    func run() async throws -> Outcome {
        var (sent, failures, beginnings) = (0, 0, 0)
        var reason = ""
        var step = Step.again
        while true {
            do {
                switch step {
                case .again:
                    guard beginnings < Self.patience else { throw stalled(0, reason) }
                    beginnings += 1
                    guard let place = try await begin() else { return .mounted }
                    step = .going(place, offset: 0)
                case .going(let place, let offset):
                    let length = min(chunk, blob.size - offset)
                    step = try await send(offset..<offset + length, to: place)
                    sent += length
                    failures = 0
                case .done: return .sent(bytes: sent)
                }
            } catch let setback as Setback {
                failures += 1
                reason = setback.reason
                var offset = 0
                if case .going(_, let reached) = step { offset = reached }
                guard failures < Self.patience else { throw stalled(offset, reason) }
                let pause = min(client.policy.firstWait * (1 << failures), client.policy.longestWait)
                try await client.connection.time.pause(for: pause)
                step = try await resumed(step, setback)
            }
        }
    }

    private func stalled(_ offset: Int, _ reason: String) -> RegistryError {
        .stalled(blob: blob.digest, sent: offset, of: blob.size, reason: reason)
    }

    /// Something that may be better the next time.
    private struct Setback: Error {
        let reason: String
        /// Whether the registry has thrown away what it had.
        var isFinal = false
    }

    /// Begins an upload.
    ///
    /// - Returns: Where it goes; `nil` where nothing has to be sent.
    private func begin() async throws -> WebAddress? {
        let query = mountingFrom.map { [(name: "mount", value: "\(blob.digest)"), (name: "from", value: $0)] }
        let address = client.address("/blobs/uploads/", query: query ?? [])
        // An upload that was begun twice is forgotten by the registry in time.
        let answer = try await client.answer(.POST, address, headers: ["Content-Length": "0"])
        switch answer.status {
        // Azure's description says 201 for uploads too, where the standard says 202.
        case 201 where query != nil && answer.headers.contains(name: "Docker-Content-Digest"): return nil
        case 201, 202: return try place(in: answer, besides: address)
        default: throw RegistryError(answer)
        }
    }

    /// Sends a piece; the last one with the digest, so that a small blob is one request.
    private func send(_ range: Range<Int>, to place: WebAddress) async throws -> Step {
        let isLast = range.upperBound == blob.size
        var headers: HTTPHeaders = ["Content-Type": "application/octet-stream"]
        if !range.isEmpty, !isLast || range.lowerBound > 0 {
            headers.add(name: "Content-Range", value: "\(range.lowerBound)-\(range.upperBound - 1)")
        }
        let answer: AzureResponse
        do {
            answer = try await client.answer(
                isLast ? .PUT : .PATCH,
                isLast ? place.adding("digest", "\(blob.digest)") : place,
                headers: headers,
                body: try file.bytes(in: range),
                repetition: .harmful
            )
        } catch RegistryError.unreachable(let reason) {
            throw Setback(reason: reason)
        }
        switch answer.status {
        case 201 where isLast, 204 where isLast: return .done
        case 202 where !isLast, 204 where !isLast:
            let next = try self.place(in: answer, besides: place)
            guard let reached = Self.reached(answer) else { return .going(next, offset: range.upperBound) }
            return reached == range.upperBound ? .going(next, offset: reached) : .again
        // What arrived is not what was sent, or the registry knows the upload no more.
        case 400, 404: throw Setback(reason: RegistryError.summary(answer), isFinal: true)
        case 408, 416, 500...: throw Setback(reason: RegistryError.summary(answer))
        default: throw RegistryError(answer)
        }
    }

    /// Finds out how far an upload came.
    private func resumed(_ step: Step, _ setback: Setback) async throws -> Step {
        // The answer to the last request may have been lost.
        if try await client.has(blob) { return .done }
        guard case .going(let place, _) = step, !setback.isFinal else { return .again }
        let answer = try await client.answer(.GET, place)
        // One byte and none look the same.
        guard answer.status == 204 || answer.status == 202, let reached = Self.reached(answer), reached > 1,
            reached <= blob.size
        else { return .again }
        return .going(try self.place(in: answer, besides: place), offset: reached)
    }

    /// How many bytes a registry has, from `Range: 0-1023`.
    private static func reached(_ answer: AzureResponse) -> Int? {
        guard let range = answer.headers.first(name: "Range") else { return nil }
        let ends = range.drop { !$0.isNumber }.split(separator: "-")
        guard ends.count == 2, ends[0] == "0", let last = Int(ends[1]), last >= 0, last < .max else { return nil }
        return last + 1
    }

    private func place(in answer: AzureResponse, besides address: WebAddress) throws -> WebAddress {
        guard let location = answer.headers.first(name: "Location") else { return address }
        guard let place = address.resolving(location) else {
            throw RegistryError.unexpected("the registry sends uploads to no address")
        }
        return place
    }
}

extension WebAddress {
    /// The address with one more field at the end of its query, which is kept as it is: registries sign it.
    fileprivate func adding(_ name: String, _ value: String) -> WebAddress {
        WebAddress("\(text)\(query == nil ? "?" : "&")\(name)=\(value)") ?? self
    }
}
