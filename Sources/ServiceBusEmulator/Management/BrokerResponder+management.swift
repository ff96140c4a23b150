import HTTPTypes
import Hummingbird
import NIOCore

/// What tools see of the entities: Atom documents, as the management interface of Service Bus gives them.
///
/// Entities are declared when the broker starts, so that nothing can be changed here.
/// Source: learn.microsoft.com/rest/api/servicebus/get-entity
extension BrokerResponder {
    private static let atom = "http://www.w3.org/2005/Atom"
    /// The entities of one page, unless the request says less.
    private static let pageLimit = 100

    func describe(_ target: ManagementTarget, _ request: Request, _ authority: String) async throws -> Response {
        let base = "http://\(authority)"
        switch target {
        case .entity, .rule:
            guard let description = try await descriptions(of: target)?.first else { return Self.notFound }
            return Self.answer("entry", Self.entry(description, base: base))
        case .queues, .topics, .subscriptions, .rules:
            let (skip, top) = (try Self.number("$skip", request) ?? 0, try Self.number("$top", request))
            let page = skip..<skip + min(top ?? Self.pageLimit, Self.pageLimit)
            guard let descriptions = try await descriptions(of: target, page) else { return Self.notFound }
            return Self.answer("feed", Self.feed(descriptions, base: base, path: request.uri.path))
        }
    }

    /// What there is to say about a target; `nil` where there is no such thing.
    private func descriptions(
        of target: ManagementTarget,
        _ page: Range<Int> = 0..<1
    ) async throws -> [EntityDescription]? {
        let all = broker.configuration
        switch target {
        case .queues: return try await broker.describe(Self.part(all.queues, page))
        case .topics:
            return Self.part(all.topics, page).map { .topic($0, subscriptions: all.subscriptions(of: $0).count) }
        case .subscriptions(let name):
            guard let topic = all.topic(name) else { return nil }
            return try await broker.describe(Self.part(all.subscriptions(of: topic), page))
        case .rules(let path): return all.subscription(path).map { Self.part([.rule($0)], page) }
        case .rule(let path, let name):
            guard name.lowercased() == EntityDescription.ruleName.lowercased() else { return nil }
            return all.subscription(path).map { [.rule($0)] }
        case .entity(let path):
            if let queue = all.queue(path) { return try await broker.describe([queue]) }
            if let subscription = all.subscription(path) { return try await broker.describe([subscription]) }
            return all.topic(path).map { [.topic($0, subscriptions: all.subscriptions(of: $0).count)] }
        }
    }

    private static func part<Element>(_ all: [Element], _ page: Range<Int>) -> [Element] {
        Array(all.dropFirst(page.lowerBound).prefix(page.count))
    }

    private static func number(_ name: Substring, _ request: Request) throws(BadRequest) -> Int? {
        guard let text = request.uri.queryParameters[name] else { return nil }
        guard let number = Int(text), (0...1_000_000).contains(number) else {
            throw BadRequest(reason: "\(name) is no number of entities")
        }
        return number
    }

    private static var notFound: Response { failure(.notFound, "there is no such queue, topic, subscription or rule") }

    // MARK: Atom

    private static func feed(_ descriptions: [EntityDescription], base: String, path: String) -> XMLElement {
        XMLElement(
            "feed",
            ["xmlns": atom],
            [XMLElement("title", ["type": "text"], "Entities"), XMLElement("id", base + path)]
                + descriptions.map { entry($0, base: base) }
        )
    }

    private static func entry(_ description: EntityDescription, base: String) -> XMLElement {
        let address = "\(base)/\(description.path)"
        return XMLElement(
            "entry",
            ["xmlns": atom],
            [
                XMLElement("id", address), XMLElement("title", ["type": "text"], description.title),
                XMLElement("link", ["rel": "self", "href": address]),
                XMLElement("content", ["type": "application/xml"], [description.element]),
            ]
        )
    }

    private static func answer(_ kind: String, _ element: XMLElement) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: "application/atom+xml;type=\(kind);charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: element.document))
        )
    }
}

extension Broker {
    fileprivate func describe(_ queues: [BrokerConfiguration.Queue]) async throws -> [EntityDescription] {
        let states = try await states(of: queues.map(\.name))
        return zip(queues, states).map { .queue($0, $1) }
    }

    fileprivate func describe(
        _ subscriptions: [BrokerConfiguration.Subscription]
    ) async throws -> [EntityDescription] {
        let states = try await states(of: subscriptions.map(\.path))
        return zip(subscriptions, states).map { .subscription($0, $1) }
    }

    private func states(of paths: [String]) async throws -> [EntityDescription.MailboxState] {
        let counts = try await allCounts(in: paths.flatMap { [$0, "\($0)/\(Mailbox.deadLetterName)"] })
        return stride(from: 0, to: counts.count, by: 2).map { .init(counts: counts[$0], dead: counts[$0 + 1]) }
    }
}

extension BrokerConfiguration {
    fileprivate func queue(_ path: String) -> Queue? {
        queues.first { $0.name.lowercased() == path.lowercased() }
    }

    fileprivate func topic(_ path: String) -> Topic? {
        topics.first { $0.name.lowercased() == path.lowercased() }
    }

    fileprivate func subscription(_ path: String) -> Subscription? {
        subscriptions.first { $0.path.lowercased() == path.lowercased() }
    }

    fileprivate func subscriptions(of topic: Topic) -> [Subscription] {
        subscriptions.filter { $0.topic.lowercased() == topic.name.lowercased() }
    }
}
