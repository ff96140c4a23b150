package import StackGraph

/// The resources of a stack as Azure Resource Manager takes them: one document with several printings.
package struct ARMTemplate: Sendable, Hashable {
    package var stack: String
    package var parameters: [ARMParameter] = []
    package var variables: [ARMVariable] = []
    /// In an order to read; ``ARMResource/needs`` says what must be there first.
    package var resources: [ARMResource] = []
    package var outputs: [ARMOutput] = []
    /// What the stack says and Azure cannot.
    package var losses: [ARMLoss] = []
}

/// A value that whoever deploys a template may give.
package struct ARMParameter: Sendable, Hashable {
    package let name: String
    package let description: String
    package let kind: Kind

    package enum Kind: Sendable, Hashable {
        case text(default: ARMValue, length: ClosedRange<Int>?)
        /// A secret, which comes from this environment variable and is never written anywhere.
        case secret(environment: String)
        /// An image in the stack's registry, as `repository:tag` or `repository@digest`.
        case image(ImageNode)
    }
}

/// A value that several resources share under a name.
package struct ARMVariable: Sendable, Hashable {
    package let name: String
    package let value: ARMValue
}

/// One resource.
package struct ARMResource: Sendable, Hashable {
    package let symbol: Symbol
    package let type: ResourceType
    /// The resource of the stack that it belongs to; `nil` for what the stack shares.
    package let node: ResourceID?
    /// Whether it is only referred to, and made by somebody else.
    package var isExisting = false
    package var parent: Symbol?
    package var scope: Scope?
    /// The last segment of its name.
    package let name: ARMValue
    /// What a request to create it carries, in the order in which authors write it.
    package var body: [ARMMember] = []
    /// What must be there before it and is mentioned nowhere.
    package var dependsOn: [Symbol] = []
    /// Whether no deployment may delete or replace it; a template has no word for that.
    package var isProtected = false

    package enum Scope: Sendable, Hashable {
        case resource(Symbol)
        case subscription
    }
}

/// A fact about the deployed stack.
package struct ARMOutput: Sendable, Hashable {
    package let name: String
    package let description: String
    package let value: ARMValue
}

/// Something a template cannot say.
package struct ARMLoss: Sendable, Hashable {
    package let resource: ResourceID?
    package let loss: String
    package let remedy: String
}

extension ARMResource {
    /// The resources that it mentions, in the order of mention.
    package var mentions: [Symbol] {
        var symbols: [Symbol] = []
        if let parent { symbols.append(parent) }
        if case .resource(let symbol) = scope { symbols.append(symbol) }
        name.addMentions(to: &symbols)
        for member in body { member.value.addMentions(to: &symbols) }
        return symbols
    }

    /// The names of the parameters that its body mentions.
    package var parameters: Set<String> { ARMValue.object(body).parameters }

    /// The resources that must be there first, each once: those it mentions, then those it only follows.
    package var needs: [Symbol] {
        var seen: Set<Symbol> = []
        return (mentions + dependsOn).filter { seen.insert($0).inserted }
    }
}
