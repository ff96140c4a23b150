import JSONText

/// Which messages a subscription takes: the condition of an SQL filter, read.
///
/// As in SQL a condition may be neither true nor false, where a property is absent or a number is compared with a text;
/// only messages for which it is true are taken.
/// Source: learn.microsoft.com/azure/service-bus-messaging/service-bus-messaging-sql-filter
indirect enum MessageFilter: Sendable, Hashable {
    case compare(Operand, Comparison, Operand)
    case isIn(Operand, [Value])
    case isLike(Operand, LikePattern)
    case isNull(Operand)
    case exists(Property)
    case not(MessageFilter)
    case and(MessageFilter, MessageFilter)
    case or(MessageFilter, MessageFilter)

    /// A property of the broker's, `sys.Label`, or one of the sender's own, `user.size` or only `size`.
    enum Property: Sendable, Hashable {
        case broker(String)
        case custom(String)
    }

    enum Value: Sendable, Hashable {
        case text(String)
        case number(Double)
        case bool(Bool)
    }

    enum Operand: Sendable, Hashable {
        case property(Property)
        case value(Value)
    }

    enum Comparison: String, Sendable, Hashable, CaseIterable {
        case equal = "="
        case unequal = "<>"
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }

    /// The filter that takes the messages with one of these subjects.
    static func subjects(_ subjects: [String]) -> MessageFilter {
        .isIn(.property(.broker("label")), subjects.map { .text($0) })
    }

    /// Whether a subscription with this filter takes the message.
    func takes(_ message: BrokerMessage) -> Bool {
        holds(for: message) == true
    }

    /// Whether the condition holds; `nil` where nobody can say.
    private func holds(for message: BrokerMessage) -> Bool? {
        switch self {
        case .compare(let left, let comparison, let right):
            guard let left = left.value(in: message), let right = right.value(in: message) else { return nil }
            return comparison.holds(left, right)
        case .isIn(let operand, let values): return operand.value(in: message).map(values.contains)
        case .isLike(let operand, let pattern):
            guard case .text(let text) = operand.value(in: message) else { return nil }
            return pattern.matches(text)
        case .isNull(let operand): return operand.value(in: message) == nil
        case .exists(let property): return property.value(in: message) != nil
        case .not(let filter): return filter.holds(for: message).map { !$0 }
        case .and(let left, let right):
            let (left, right) = (left.holds(for: message), right.holds(for: message))
            return left == false || right == false ? false : left == nil || right == nil ? nil : true
        case .or(let left, let right):
            let (left, right) = (left.holds(for: message), right.holds(for: message))
            return left == true || right == true ? true : left == nil || right == nil ? nil : false
        }
    }
}

extension MessageFilter.Operand {
    fileprivate func value(in message: BrokerMessage) -> MessageFilter.Value? {
        switch self {
        case .property(let property): property.value(in: message)
        case .value(let value): value
        }
    }
}

extension MessageFilter.Property {
    /// Names of properties are compared without regard to case.
    fileprivate func value(in message: BrokerMessage) -> MessageFilter.Value? {
        switch self {
        case .broker("contenttype"): return message.contentType.map { .text($0) }
        case .broker("label"), .broker("subject"): return message.subject.map { .text($0) }
        case .broker("messageid"): return .text(message.id)
        case .broker(let name):
            let text = message.broker.first { $0.name.lowercased() == name }?.value.string
            return text.map { .text($0) }
        case .custom(let name):
            guard let value = message.properties.first(where: { $0.name.lowercased() == name })?.value else {
                return nil
            }
            if let text = value.string { return .text(text) }
            if let flag = value.bool { return .bool(flag) }
            return value.double.map { .number($0) }
        }
    }
}

extension MessageFilter.Comparison {
    fileprivate func holds(_ left: MessageFilter.Value, _ right: MessageFilter.Value) -> Bool? {
        switch (left, right) {
        case (.text(let left), .text(let right)): holds(left, right)
        case (.number(let left), .number(let right)): holds(left, right)
        case (.bool(let left), .bool(let right)):
            switch self {
            case .equal: left == right
            case .unequal: left != right
            case .less, .lessOrEqual, .greater, .greaterOrEqual: nil
            }
        case (.text, _), (.number, _), (.bool, _): nil
        }
    }

    private func holds<Ordered: Comparable>(_ left: Ordered, _ right: Ordered) -> Bool {
        switch self {
        case .equal: left == right
        case .unequal: left != right
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        }
    }
}
