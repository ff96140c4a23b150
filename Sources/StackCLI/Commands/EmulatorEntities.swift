import ArgumentParser
import ServiceBusEmulator

/// A queue as words: `jobs,lock=30,max-deliveries=5`.
struct QueueArgument: ExpressibleByArgument {
    let queue: BrokerConfiguration.Queue

    init?(argument: String) {
        guard
            let words = EntityWords(argument, options: ["lock", "max-deliveries", "deduplication", "time-to-live"])
        else { return nil }
        self.queue = BrokerConfiguration.Queue(
            words.name,
            maxDeliveries: words.numbers["max-deliveries"] ?? 10,
            lockSeconds: words.numbers["lock"] ?? 60,
            deduplicationSeconds: words.numbers["deduplication"],
            timeToLiveSeconds: words.numbers["time-to-live"]
        )
    }
}

/// A topic as words: `news,deduplication=600`.
struct TopicArgument: ExpressibleByArgument {
    let topic: BrokerConfiguration.Topic

    init?(argument: String) {
        guard let words = EntityWords(argument, options: ["deduplication", "time-to-live"]) else { return nil }
        self.topic = BrokerConfiguration.Topic(
            words.name,
            deduplicationSeconds: words.numbers["deduplication"],
            timeToLiveSeconds: words.numbers["time-to-live"]
        )
    }
}

/// A subscription as words: `news/mail,lock=30,filter=sys.Label = 'mail'`.
struct SubscriptionArgument: ExpressibleByArgument {
    let subscription: BrokerConfiguration.Subscription

    init?(argument: String) {
        // A filter may hold commas and everything else, and so is the rest.
        let place = argument.firstRange(of: ",filter=")
        let head = place.map { argument[..<$0.lowerBound] } ?? argument[...]
        guard let words = EntityWords(String(head), options: ["lock", "max-deliveries"]),
            let slash = words.name.lastIndex(of: "/")
        else { return nil }
        self.subscription = BrokerConfiguration.Subscription(
            String(words.name[words.name.index(after: slash)...]),
            topic: String(words.name[..<slash]),
            filter: place.map { String(argument[$0.upperBound...]) },
            maxDeliveries: words.numbers["max-deliveries"] ?? 10,
            lockSeconds: words.numbers["lock"] ?? 60
        )
    }
}

/// A name and numbers by their names.
private struct EntityWords {
    let name: String
    private(set) var numbers: [String: Int] = [:]

    init?(_ argument: String, options: Set<String>) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
        self.name = String(parts[0])
        for part in parts.dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, options.contains(String(pair[0])), let number = Int(pair[1]),
                numbers.updateValue(number, forKey: String(pair[0])) == nil
            else { return nil }
        }
    }
}
