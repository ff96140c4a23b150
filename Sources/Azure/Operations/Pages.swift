public import JSONText

/// The pages of a list, asked for one after the other as they are read.
///
/// Source: github.com/Azure/azure-resource-manager-rpc, `v1.0/resource-api-reference.md`, "GET Resource" on `nextLink`
public struct Pages: AsyncSequence, Sendable {
    /// More than any list has; each address is remembered.
    static let limit = 10_000

    let client: AzureClient
    let request: AzureRequest

    public func makeAsyncIterator() -> Iterator { Iterator(client: client, next: request) }

    public struct Iterator: AsyncIteratorProtocol {
        let client: AzureClient
        var next: AzureRequest?
        private var seen: Set<WebAddress> = []

        init(client: AzureClient, next: AzureRequest) {
            self.client = client
            self.next = next
        }

        /// The elements of the next page.
        ///
        /// - Throws: ``AzureError``, also where pages lead in a circle.
        public mutating func next() async throws -> [JSON]? {
            guard let request = next else { return nil }
            // A page that fails is the last.
            next = nil
            let answer = try await client.send(request)
            guard seen.insert(request.address(on: client.server)).inserted, seen.count <= Pages.limit else {
                throw AzureError(.unreadable("its pages lead in a circle"), in: answer)
            }
            guard let document = try answer.json(), let elements = document["value"]?.array else {
                throw AzureError(.unreadable("it is no page of a list"), in: answer)
            }
            next = try following(document["nextLink"]?.string, in: answer)
            return elements
        }

        private func following(_ link: String?, in answer: AzureResponse) throws(AzureError) -> AzureRequest? {
            guard let link, !link.isEmpty else { return nil }
            guard let address = client.server.resolving(link) else {
                throw AzureError(.unreadable("its next page has no address"), in: answer)
            }
            return AzureRequest(.get, .address(address))
        }
    }
}

extension AzureClient {
    /// The pages of a list.
    public func pages(of request: AzureRequest) -> Pages { Pages(client: self, request: request) }

    /// All elements of a list.
    ///
    /// - Throws: ``AzureError``, also where there are more than the limit.
    public func list(_ request: AzureRequest, atMost limit: Int = 100_000) async throws -> [JSON] {
        var elements: [JSON] = []
        for try await page in pages(of: request) {
            elements += page
            guard elements.count <= limit else {
                throw AzureError(.unreadable("it has more than \(limit) elements"), request: "\(request)")
            }
        }
        return elements
    }
}
