extension BrokerConfiguration {
    /// Checks names, references and limits.
    ///
    /// Source of the limits: learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas
    ///
    /// - Throws: ``BrokerConfigurationError`` with every problem.
    public func check() throws(BrokerConfigurationError) {
        let problems = badNames + duplicates + unknownTopics + badFilters + outOfRange
        guard problems.isEmpty else { throw BrokerConfigurationError(problems: problems) }
    }

    private var badNames: [BrokerConfigurationError.Problem] {
        let names = queues.map(\.name) + topics.map(\.name)
        return names.filter { !Self.isName($0, allowsSlash: true) }.map { .badName($0) }
            + subscriptions.map(\.name).filter { !Self.isName($0, allowsSlash: false) }.map { .badName($0) }
    }

    private static func isName(_ name: String, allowsSlash: Bool) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return (allowsSlash || parts.count == 1)
            && parts.allSatisfy { part in
                !part.isEmpty && part.count <= 260
                    && part.utf8.allSatisfy { byte in
                        switch byte {
                        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
                        default: byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                        }
                    }
            }
    }

    private var duplicates: [BrokerConfigurationError.Problem] {
        var seen: Set<String> = []
        let paths = queues.map(\.name) + topics.map(\.name) + subscriptions.map(\.path)
        return paths.filter { !seen.insert($0.lowercased()).inserted }.map { .duplicate($0) }
    }

    private var unknownTopics: [BrokerConfigurationError.Problem] {
        let known = Set(topics.map { $0.name.lowercased() })
        return subscriptions.filter { !known.contains($0.topic.lowercased()) }
            .map { .unknownTopic($0.topic, subscription: $0.name) }
    }

    private var badFilters: [BrokerConfigurationError.Problem] {
        subscriptions.compactMap { subscription in
            do throws(FilterError) {
                _ = try subscription.filter.map { text throws(FilterError) in try MessageFilter(parsing: text) }
                return nil
            } catch {
                return .badFilter(subscription: subscription.path, reason: "\(error)")
            }
        }
    }

    private var outOfRange: [BrokerConfigurationError.Problem] {
        var problems: [BrokerConfigurationError.Problem] = []
        func check(_ value: Int?, _ allowed: ClosedRange<Int>, _ path: String) {
            guard let value, !allowed.contains(value) else { return }
            problems.append(.outOfRange(path: path, value: value, allowed: allowed))
        }
        for queue in queues {
            check(queue.maxDeliveries, 1...2000, "\(queue.name).maxDeliveries")
            check(queue.lockSeconds, 1...300, "\(queue.name).lockSeconds")
            check(queue.deduplicationSeconds, 1...604_800, "\(queue.name).deduplicationSeconds")
            check(queue.timeToLiveSeconds, 1...922_337_203_685, "\(queue.name).timeToLiveSeconds")
        }
        for topic in topics {
            check(topic.deduplicationSeconds, 1...604_800, "\(topic.name).deduplicationSeconds")
            check(topic.timeToLiveSeconds, 1...922_337_203_685, "\(topic.name).timeToLiveSeconds")
        }
        for subscription in subscriptions {
            check(subscription.maxDeliveries, 1...2000, "\(subscription.path).maxDeliveries")
            check(subscription.lockSeconds, 1...300, "\(subscription.path).lockSeconds")
        }
        return problems
    }
}
