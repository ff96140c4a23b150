extension PropertyChange {
    /// The change as it may be shown: what a secret takes the place of may be one too.
    package var concealed: PropertyChange {
        guard case .changed(let old, let new) = change, new.hasSecret else { return self }
        return PropertyChange(path, .changed(from: old.hidden, to: new.hidden))
    }
}

extension Value {
    fileprivate var hasSecret: Bool {
        switch self {
        case .secret: true
        case .string, .literal, .expression: false
        case .list(let elements): elements.contains(where: \.hasSecret)
        case .object(let members): members.contains(where: \.value.hasSecret)
        }
    }
}
