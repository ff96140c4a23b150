package import StackGraph

// Queues, topics and subscriptions, on one namespace for the stack.

extension AzureLowering {
    var busSymbol: Symbol { Symbol(name: "serviceBus") }

    mutating func addNamespace() {
        let symbol = symbol("service", "bus")
        add(
            ARMResource(
                symbol: symbol,
                type: .namespace,
                node: nil,
                name: globalName("\(graph.slug(upTo: 36))-"),
                body: [
                    location, tags,
                    // Basic has neither topics nor duplicate detection.
                    ARMMember("sku", .fields(["name": "Standard", "tier": "Standard"])),
                    ARMMember("properties", .fields(["disableLocalAuth": true, "minimumTlsVersion": "1.2"])),
                ]
            )
        )
        addDiagnostics(of: symbol, logs: "allLogs", node: nil)
    }

    mutating func addQueue(_ queue: QueueNode, _ id: ResourceID) {
        let target = deadLetterTargets[id].map { symbol($0).nameInAzure }
        add(
            ARMResource(
                symbol: symbol(id),
                type: .queue,
                node: id,
                parent: busSymbol,
                name: .string(id.name),
                body: [
                    ARMMember(
                        "properties",
                        .fields([
                            "lockDuration": .duration(queue.lockSeconds),
                            "maxDeliveryCount": .integer(queue.maxDeliveries),
                            "requiresDuplicateDetection": .bool(queue.deduplicationSeconds != nil),
                            "duplicateDetectionHistoryTimeWindow": queue.deduplicationSeconds.map { .duration($0) },
                            "defaultMessageTimeToLive": queue.timeToLiveSeconds.map { .duration($0) },
                            "deadLetteringOnMessageExpiration": true,
                            "forwardDeadLetteredMessagesTo": target,
                        ])
                    )
                ]
            )
        )
    }

    mutating func addTopic(_ topic: TopicNode, _ id: ResourceID) {
        add(
            ARMResource(
                symbol: symbol(id),
                type: .topic,
                node: id,
                parent: busSymbol,
                name: .string(id.name),
                body: [
                    ARMMember(
                        "properties",
                        .fields([
                            "requiresDuplicateDetection": .bool(topic.deduplicationSeconds != nil),
                            "duplicateDetectionHistoryTimeWindow": topic.deduplicationSeconds.map { .duration($0) },
                            "defaultMessageTimeToLive": topic.timeToLiveSeconds.map { .duration($0) },
                        ])
                    )
                ]
            )
        )
    }

    mutating func addSubscription(_ subscription: SubscriptionNode, _ id: ResourceID) {
        let own = symbol(id)
        let target = deadLetterTargets[id].map { symbol($0).nameInAzure }
        add(
            ARMResource(
                symbol: own,
                type: .subscription,
                node: id,
                parent: symbol(subscription.topic),
                name: .string(id.name),
                body: [
                    ARMMember(
                        "properties",
                        .fields([
                            "lockDuration": .duration(subscription.lockSeconds),
                            "maxDeliveryCount": .integer(subscription.maxDeliveries),
                            "deadLetteringOnMessageExpiration": true,
                            "forwardDeadLetteredMessagesTo": target,
                        ])
                    )
                ]
            )
        )
        addRule(subscription.filter, of: own, id)
    }

    /// The rule is called `$Default`, so that it takes the place of the one that lets everything through.
    ///
    /// Source: learn.microsoft.com/azure/service-bus-messaging/topic-filters
    private mutating func addRule(_ filter: SubscriptionNode.Filter, of subscription: Symbol, _ id: ResourceID) {
        let expression: String
        switch filter {
        case .everything: return
        case .subjects(let subjects):
            let list = subjects.map { "'" + $0.doubling("'") + "'" }.joined(separator: ", ")
            expression = "sys.Label IN (\(list))"
        }
        add(
            ARMResource(
                symbol: symbol(subscription.name, "subjects"),
                type: .rule,
                node: id,
                parent: subscription,
                name: "$Default",
                body: [
                    ARMMember(
                        "properties",
                        .fields([
                            "filterType": "SqlFilter",
                            "sqlFilter": .fields(["sqlExpression": .string(expression)]),
                        ])
                    )
                ]
            )
        )
    }
}

extension ARMValue {
    /// A time in the form that Azure takes: `PT30S` (ISO 8601).
    static func duration(_ seconds: Int) -> ARMValue {
        let days = seconds / 86_400
        let parts = [(seconds % 86_400 / 3600, "H"), (seconds % 3600 / 60, "M"), (seconds % 60, "S")]
        let time = parts.filter { $0.0 > 0 }.map { "\($0.0)\($0.1)" }.joined()
        return .string("P" + (days > 0 ? "\(days)D" : "") + (time.isEmpty ? "" : "T\(time)"))
    }
}

extension String {
    /// The text with every occurrence of an ASCII character written twice.
    func doubling(_ character: Unicode.Scalar) -> String {
        guard utf8.contains(UInt8(ascii: character)) else { return self }
        var text = ""
        for scalar in unicodeScalars {
            text.unicodeScalars.append(scalar)
            if scalar == character { text.unicodeScalars.append(scalar) }
        }
        return text
    }
}

extension Graph {
    /// The stack's name as a part of names that take lowercase letters, digits and single hyphens.
    func slug(upTo length: Int) -> String {
        let pieces = name.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        let text = pieces.joined(separator: "-")
        let start = text.first?.isLetter == true ? text : "s\(text)"
        let cut = start.prefix(length)
        return String(cut.hasSuffix("-") ? cut.dropLast() : cut)
    }

    /// The queue that the bus itself forwards dead letters to, for each queue and subscription whose consumers agree.
    ///
    /// A queue that would get its own messages back, over others or not, is left out.
    var deadLetterTargets: [ResourceID: ResourceID] {
        var wishes: [ResourceID: Set<ResourceID>] = [:]
        for source in nodes.flatMap(\.messageSources) {
            if let target = source.deadLetters { wishes[source.origin, default: []].insert(target) }
        }
        var targets: [ResourceID: ResourceID] = [:]
        for (origin, wish) in wishes.sorted(by: { $0.key < $1.key }) {
            guard wish.count == 1, let target = wish.first else { continue }
            var next: ResourceID? = target
            while let step = next, step != origin { next = targets[step] }
            if next == nil { targets[origin] = target }
        }
        return targets
    }
}

extension Node {
    /// Where the programs of this node take their messages.
    package var messageSources: [MessageSource] {
        switch kind {
        case .containerApp(let app): app.source.map { [$0] } ?? []
        case .functionApp(let app):
            app.functions.compactMap { if case .messages(let source) = $0.trigger { source } else { nil } }
        case .cache, .database, .modelDeployment, .queue, .registry, .secretStore, .storage, .subscription, .telemetry,
            .topic:
            []
        }
    }
}
