import JSONText
public import StackGraph

/// A language that a stack can be written in.
public enum RenderFormat: String, Sendable, Hashable, CaseIterable {
    case bicep
    case arm
    case compose
    case systemd
    case functions
    case diagram

    /// Writes a stack in this language.
    ///
    /// The same graph gives the same bytes.
    public func render(_ graph: Graph) -> Rendering {
        render(graph, template: ARMTemplate(graph))
    }

    /// Writes a stack in several languages at once.
    ///
    /// - Returns: The renderings, in the order of the formats.
    public static func render(_ graph: Graph, as formats: [RenderFormat]) async -> [Rendering] {
        // The formats for Azure share one template; the others need not wait for it.
        async let others = concurrently(formats.filter { !$0.isForAzure }) { $0.render(graph) }
        let forAzure = formats.filter(\.isForAzure)
        let template = forAzure.isEmpty ? ARMTemplate(stack: graph.name) : ARMTemplate(graph)
        let azure = await concurrently(forAzure) { $0.render(graph, template: template) }
        let all = await others.merging(azure) { first, _ in first }
        return formats.compactMap { all[$0] }
    }

    private static func concurrently(
        _ formats: [RenderFormat],
        _ render: @escaping @Sendable (RenderFormat) -> Rendering
    ) async -> [RenderFormat: Rendering] {
        await withTaskGroup(of: (RenderFormat, Rendering).self) { group in
            for format in Set(formats) { group.addTask { (format, render(format)) } }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    private var isForAzure: Bool {
        switch self {
        case .bicep, .arm: true
        case .compose, .systemd, .functions, .diagram: false
        }
    }

    private func render(_ graph: Graph, template: @autoclosure () -> ARMTemplate) -> Rendering {
        switch self {
        case .bicep:
            template().rendering(as: self) {
                [
                    RenderedFile("main.bicep", BicepPrinter.main($0)),
                    RenderedFile("main.bicepparam", BicepPrinter.parameters($0)),
                ]
            }
        case .arm:
            template().rendering(as: self) {
                let printer = ARMTemplatePrinter($0)
                return [
                    RenderedFile("azuredeploy.json", printer.main),
                    RenderedFile("azuredeploy.parameters.json", printer.parameters.prettyText),
                ]
            }
        case .functions: FunctionsRenderer().render(graph)
        case .diagram: Rendering(files: [RenderedFile("graph.mmd", MermaidRenderer().render(graph))])
        case .compose: ComposeRenderer().render(graph)
        case .systemd: SystemdRenderer().render(graph)
        }
    }
}

/// What a renderer made of a stack.
public struct Rendering: Sendable, Hashable {
    /// The files, with paths relative to a folder of the format's own.
    public let files: [RenderedFile]
    public let limitations: [Limitation]

    public init(files: [RenderedFile], limitations: [Limitation] = []) {
        self.files = files
        self.limitations = limitations
    }
}

/// One file of a rendering.
public struct RenderedFile: Sendable, Hashable {
    public let path: String
    public let contents: String
    public let isExecutable: Bool

    public init(_ path: String, _ contents: String, isExecutable: Bool = false) {
        self.path = path
        self.contents = contents
        self.isExecutable = isExecutable
    }
}

/// Something that the stack says and a format cannot.
public struct Limitation: Sendable, Hashable {
    public let format: RenderFormat
    /// The resource it is about; `nil` for the stack as a whole.
    public let resource: ResourceID?
    /// What is lost, as the end of a sentence: `stays at one replica`.
    public let loss: String
    /// What to do about it, as a sentence.
    public let remedy: String

    public init(_ format: RenderFormat, _ resource: ResourceID?, loss: String, remedy: String) {
        self.format = format
        self.resource = resource
        self.loss = loss
        self.remedy = remedy
    }
}

extension Limitation: CustomStringConvertible {
    public var description: String { "\(format.rawValue): \(words)" }

    /// What is lost and what to do about it, whatever the format.
    fileprivate var words: String { "\(resource.map { "'\($0)'" } ?? "the stack") \(loss). \(remedy)" }
}

extension [Limitation] {
    /// The limitations in words, each once, after the formats that share it.
    public var descriptions: [String] {
        var formats: [String: [String]] = [:]
        var order: [String] = []
        for limitation in self {
            let known = formats[limitation.words]
            if known == nil { order.append(limitation.words) }
            if known?.contains(limitation.format.rawValue) != true {
                formats[limitation.words, default: []].append(limitation.format.rawValue)
            }
        }
        return order.map { "\(formats[$0, default: []].joined(separator: ", ")): \($0)" }
    }
}

extension ARMTemplate {
    fileprivate func rendering(as format: RenderFormat, _ files: (ARMTemplate) -> [RenderedFile]) -> Rendering {
        Rendering(
            files: files(self),
            limitations: losses.map { Limitation(format, $0.resource, loss: $0.loss, remedy: $0.remedy) }
        )
    }
}
