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
        switch self {
        case .diagram: Rendering(files: [RenderedFile("graph.mmd", MermaidRenderer().render(graph))])
        case .bicep:
            ARMTemplate(graph).rendering(as: self) {
                [
                    RenderedFile("main.bicep", BicepPrinter.main($0)),
                    RenderedFile("main.bicepparam", BicepPrinter.parameters($0)),
                ]
            }
        case .arm:
            ARMTemplate(graph).rendering(as: self) {
                let printer = ARMTemplatePrinter($0)
                return [
                    RenderedFile("azuredeploy.json", printer.main.prettyText),
                    RenderedFile("azuredeploy.parameters.json", printer.parameters.prettyText),
                ]
            }
        case .functions: FunctionsRenderer().render(graph)
        case .compose, .systemd: Rendering(files: [])
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
    public var description: String {
        "\(format.rawValue): \(resource.map { "'\($0)'" } ?? "the stack") \(loss). \(remedy)"
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
