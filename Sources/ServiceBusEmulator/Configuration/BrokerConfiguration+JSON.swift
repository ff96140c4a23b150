public import JSONText

extension BrokerConfiguration {
    /// The configuration as a document that ``init(parsing:)`` reads.
    public var json: JSON {
        .object([
            .init("queues", .array(queues.map(\.json))),
            .init("topics", .array(topics.map(\.json))),
            .init("subscriptions", .array(subscriptions.map(\.json))),
        ])
    }

    /// Reads a document such as
    /// `{"queues":[{"name":"jobs","maxDeliveries":5,"lockSeconds":30,"deduplicationSeconds":600}]}`.
    ///
    /// Members that are absent or `null` have the defaults of the initialisers.
    ///
    /// - Throws: ``BrokerConfigurationError`` with every problem, of the document and of what it says.
    public init(parsing json: JSON) throws(BrokerConfigurationError) {
        var reader = ConfigurationReader(json, path: "", members: ["queues", "topics", "subscriptions"])
        self.init(
            queues: reader.elements(
                "queues",
                members: ["maxDeliveries", "lockSeconds"] + Self.times,
                Queue.init(from:)
            ),
            topics: reader.elements("topics", members: Self.times, Topic.init(from:)),
            subscriptions: reader.elements(
                "subscriptions",
                members: ["topic", "subjects", "filter", "maxDeliveries", "lockSeconds"],
                Subscription.init(from:)
            )
        )
        guard reader.problems.isEmpty else { throw BrokerConfigurationError(problems: reader.problems) }
        try check()
    }

    private static let times = ["deduplicationSeconds", "timeToLiveSeconds"]
}

extension BrokerConfiguration.Queue {
    fileprivate var json: JSON {
        .compact([
            "name": .string(name), "maxDeliveries": JSON(maxDeliveries), "lockSeconds": JSON(lockSeconds),
            "deduplicationSeconds": deduplicationSeconds.map { JSON($0) },
            "timeToLiveSeconds": timeToLiveSeconds.map { JSON($0) },
        ])
    }

    fileprivate init(from reader: inout ConfigurationReader) {
        self.init(
            reader.text("name"),
            maxDeliveries: reader.number("maxDeliveries") ?? 10,
            lockSeconds: reader.number("lockSeconds") ?? 60,
            deduplicationSeconds: reader.number("deduplicationSeconds"),
            timeToLiveSeconds: reader.number("timeToLiveSeconds")
        )
    }
}

extension BrokerConfiguration.Topic {
    fileprivate var json: JSON {
        .compact([
            "name": .string(name),
            "deduplicationSeconds": deduplicationSeconds.map { JSON($0) },
            "timeToLiveSeconds": timeToLiveSeconds.map { JSON($0) },
        ])
    }

    fileprivate init(from reader: inout ConfigurationReader) {
        self.init(
            reader.text("name"),
            deduplicationSeconds: reader.number("deduplicationSeconds"),
            timeToLiveSeconds: reader.number("timeToLiveSeconds")
        )
    }
}

extension BrokerConfiguration.Subscription {
    fileprivate var json: JSON {
        .compact([
            "name": .string(name), "topic": .string(topic),
            "subjects": subjects.map { .array($0.map { .string($0) }) }, "filter": filter.map { .string($0) },
            "maxDeliveries": JSON(maxDeliveries), "lockSeconds": JSON(lockSeconds),
        ])
    }

    fileprivate init(from reader: inout ConfigurationReader) {
        self.init(
            reader.text("name"),
            topic: reader.text("topic"),
            subjects: reader.texts("subjects"),
            filter: reader.optionalText("filter"),
            maxDeliveries: reader.number("maxDeliveries") ?? 10,
            lockSeconds: reader.number("lockSeconds") ?? 60
        )
    }
}
