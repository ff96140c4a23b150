public import StackGraph

/// What Compose needs to know of a resource that runs a program, whatever its kind.
struct ComposeApp {
    let id: ResourceID
    let service: ServiceNode
    let image: ComposeText
    /// The port it listens on in its container.
    let port: Int
    /// Whether somebody beyond the project calls it.
    let isPublished: Bool
    let limits: ComposeService.Limits
    /// How many replicas the stack allows.
    let allowed: ClosedRange<Int>
    let timers: [String]

    /// How many replicas run: as few as the stack allows, for there is nobody to wake the first one, and one where a
    /// port is published, for a port has one owner.
    var replicas: Int { isPublished ? 1 : max(1, allowed.lowerBound) }

    private let settings: Set<String>

    /// Whether the service knows a setting.
    func reads(_ setting: String) -> Bool { settings.contains(setting) }

    init?(_ node: Node, version: String) {
        self.id = node.id
        switch node.kind {
        case .containerApp(let app):
            service = app.service
            image = .image(app.image.repository, tag: app.image.tag)
            port = app.port ?? Self.workerPort
            isPublished = app.port != nil
            limits = .init(cpuQuarters: app.size.rawValue, megabytes: app.size.rawValue * 512)
            allowed = app.replicas
            timers = []
        case .functionApp(let app):
            service = app.service
            image = .image(app.service.imageRepository, tag: version)
            port = Self.functionsPort
            isPublished = app.functions.contains { if case .http = $0.trigger { true } else { false } }
            limits = .init(cpuQuarters: 4, megabytes: 2048)
            allowed = 0...app.maximumInstances
            timers = app.functions.compactMap { if case .timer = $0.trigger { $0.name } else { nil } }
        case .cache, .database, .modelDeployment, .queue, .registry, .secretStore, .storage, .subscription, .telemetry,
            .topic:
            return nil
        }
        settings = Set(service.contract.map(\.name))
    }

    /// Where a worker answers for its health, and nothing else.
    private static let workerPort = 8100
    /// Where the Azure Functions Core Tools listen.
    private static let functionsPort = 7071
}

extension ComposeText {
    /// An image of the stack's own; `IMAGE_PREFIX` says where such images come from.
    static func image(_ repository: String, tag: String) -> ComposeText {
        variable("IMAGE_PREFIX") + literal("\(repository):\(tag)")
    }
}

extension ServiceNode {
    /// The name of the image that holds the program alone: `event-functions` for `EventFunctions`.
    public var imageRepository: String {
        let letters = Array(executable)
        var name = ""
        for (index, letter) in letters.enumerated() {
            let isAfterWord = index > 0 && (letters[index - 1].isLowercase || letters[index - 1].isNumber)
            // The last capital of several begins a word: `APIServer` has two.
            let isBeforeWord = index > 0 && index + 1 < letters.count && letters[index + 1].isLowercase
            if letter.isUppercase, isAfterWord || isBeforeWord, name.last != "-" { name += "-" }
            name += letter.lowercased()
        }
        return name
    }
}
