public import Settings
public import StackGraph

/// A container that answers HTTP requests.
public struct WebContainer: Resource {
    package let id: ResourceID
    public let declaration: Declaration

    /// Describes a container with an address.
    ///
    /// - Parameters:
    ///   - name: The name of the container app.
    ///   - contract: The service that it runs.
    ///   - image: The image that holds the service.
    ///   - port: The port the service listens on.
    ///   - size: The processors and memory of one replica.
    ///   - scale: How many replicas run, and what wakes them.
    ///   - settings: The values of the service's settings.
    public init(
        _ name: Name,
        running contract: any ServiceContract.Type,
        image: Image,
        port: Int = 8000,
        size: ContainerSize = .halfCore,
        scale: Scale,
        settings: [Binding] = []
    ) {
        self.id = name.id
        let ports = 1...65535
        self.declaration = Declaration(
            name,
            .containerApp(
                ContainerAppNode(
                    service: ServiceNode(running: contract, settings),
                    image: image.node,
                    port: port,
                    size: size,
                    replicas: scale.replicas,
                    triggers: scale.triggers,
                    source: nil
                )
            ),
            problems: scale.problems(name.id)
                + (ports.contains(port)
                    ? [] : [.badValue(name.id, property: "port", value: port, allowed: ports)])
        )
    }

    /// The host name that the world reaches it by: `chat.happy-sea.westeurope.azurecontainerapps.io`.
    public var hostname: Output<String> { Output(.attribute(id, .hostname)) }

    /// The address that the world reaches it by, scheme included and without a slash at the end.
    public var url: Output<String> { Output(.attribute(id, .url)) }
}

/// A container that works off a queue or subscription.
///
/// It has no host name, for nobody can call it.
public struct WorkerContainer<Message>: Resource {
    public let declaration: Declaration

    /// Describes a container without an address.
    ///
    /// - Parameters:
    ///   - name: The name of the container app.
    ///   - contract: The service that it runs.
    ///   - image: The image that holds the service.
    ///   - origin: The queue or subscription whose messages it handles.
    ///   - deadLetters: The queue for messages that failed for good.
    ///   - size: The processors and memory of one replica.
    ///   - scale: How many replicas run, and what wakes them.
    ///   - settings: The values of the service's settings.
    public init(
        _ name: Name,
        running contract: any ServiceContract.Type,
        image: Image,
        consuming origin: some MessageOrigin<Message>,
        deadLetters: Queue<Message>? = nil,
        size: ContainerSize = .halfCore,
        scale: Scale,
        settings: [Binding] = []
    ) {
        let source = MessageSource(origin: origin.declaration.node.id, deadLetters: deadLetters?.id)
        self.declaration = Declaration(
            name,
            .containerApp(
                ContainerAppNode(
                    service: ServiceNode(running: contract, settings),
                    image: image.node,
                    port: nil,
                    size: size,
                    replicas: scale.replicas,
                    triggers: scale.triggers,
                    source: source
                )
            ),
            problems: scale.problems(name.id) + source.problems(name.id)
        )
    }
}

/// An image in a registry of the stack.
public struct Image: Sendable {
    package let node: ImageNode
}

/// A registry for the stack's images; apps pull from it with their own identity.
public struct ContainerRegistry: Resource {
    private let name: Name
    private let isProtected: Bool

    /// Describes a registry; a protected one cannot be deleted or replaced by a deployment.
    public init(_ name: Name, protect: Bool = false) {
        self.name = name
        self.isProtected = protect
    }

    public var declaration: Declaration { Declaration(name, .registry, isProtected: isProtected) }

    /// The image with this repository and tag: `chat-api`, `1.4.0`.
    public func image(_ repository: String, tag: String) -> Image {
        Image(node: ImageNode(registry: name.id, repository: repository, tag: tag))
    }
}
