package import StackGraph

/// The name of a resource.
///
/// A name is unique in its stack. Keep it: a renamed resource is another resource to every target.
public struct Name: Sendable, Hashable, ExpressibleByStringLiteral {
    package let id: ResourceID

    public init(stringLiteral text: String) {
        self.id = ResourceID(text)
    }

    /// A name that is computed, such as one of many alike.
    public init(_ text: String) {
        self.id = ResourceID(text)
    }
}

/// Something a stack contains.
public protocol Resource: Sendable {
    var declaration: Declaration { get }
}

/// A resource as the graph sees it; opaque to stack authors.
public struct Declaration: Sendable {
    package let node: Node
    /// Problems that the resource knows by itself, before the stack is looked at as a whole.
    package let problems: [Problem]

    package init(_ name: Name, _ kind: Node.Kind, isProtected: Bool = false, problems: [Problem] = []) {
        self.node = Node(id: name.id, kind: kind, isProtected: isProtected)
        self.problems = problems
    }
}
