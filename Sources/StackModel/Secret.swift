package import StackGraph

/// A value the stack passes on but never sees.
///
/// A secret names the place where its value lives. There is no literal, no description and no way to unwrap it:
/// only ``Binding/inject(_:from:)`` accepts one.
public struct Secret<Value>: Sendable {
    package let reference: SecretReference

    package init(_ reference: SecretReference) {
        self.reference = reference
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<secret>" }
    public var debugDescription: String { "<secret>" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

// Deprecated rather than unavailable: the compiler would pass over an unavailable overload in favour of the standard
// library's, whereas a deprecated one is chosen and, with warnings as errors, stops the build.

extension DefaultStringInterpolation {
    @available(*, deprecated, message: "a secret cannot be printed, logged or interpolated")
    public mutating func appendInterpolation<Value>(_ secret: Secret<Value>) { appendLiteral("<secret>") }
}

@available(*, deprecated, message: "a secret cannot be printed, logged or interpolated")
public func print<Value>(_ secret: Secret<Value>) { Swift.print("<secret>") }

extension String {
    @available(*, deprecated, message: "a secret cannot be printed, logged or interpolated")
    public init<Value>(describing secret: Secret<Value>) { self = "<secret>" }
}

/// A vault for secrets.
public struct SecretStore: Resource {
    package let id: ResourceID
    private let name: Name
    private let isProtected: Bool

    /// Describes a vault; a protected one, and its secrets, cannot be deleted or replaced by a deployment.
    public init(_ name: Name, protect: Bool = false) {
        self.name = name
        self.id = name.id
        self.isProtected = protect
    }

    /// A secret that a person or a pipeline provides, in the environment variable of the same name.
    public func secret(_ name: String) -> Secret<String> {
        Secret(SecretReference(store: id, secret: SecretNode(name: name, origin: .provided)))
    }

    /// A secret that may be any random value; one is made where none is provided.
    public func generatedSecret(_ name: String) -> Secret<String> {
        Secret(SecretReference(store: id, secret: SecretNode(name: name, origin: .generated)))
    }

    /// The secrets themselves are found when the stack is lowered, from the references to them.
    public var declaration: Declaration {
        Declaration(name, .secretStore(SecretStoreNode(secrets: [])), isProtected: isProtected)
    }
}
