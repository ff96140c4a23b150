import Deployment
import Images
import Packaging
import StackGraph
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Builds the images and packages of a stack into the folder where they are kept, or finds them there.
struct CodeBuild: Sendable {
    private let graph: Graph
    private let folder: String
    /// The images of container apps, each once.
    private let images: [(node: ImageNode, subject: ImageSubject)]
    private let functionApps: [(name: ResourceID, app: FunctionAppNode)]

    /// Plans to build the code of a stack; nothing is done.
    ///
    /// - Parameters:
    ///   - graph: The stack.
    ///   - folder: Where its code is kept.
    /// - Throws: ``Failure`` where an app is none that images are made for.
    init(of graph: Graph, in folder: String = ".slipway") throws(Failure) {
        self.graph = graph
        self.folder = folder
        var seen: Set<ImageNode> = []
        var images: [(ImageNode, ImageSubject)] = []
        var functionApps: [(ResourceID, FunctionAppNode)] = []
        for node in graph.nodes {
            switch node.kind {
            case .containerApp(let app):
                if seen.insert(app.image).inserted {
                    images.append((app.image, try ImageSubject(named: node.id.name, in: graph)))
                }
            case .functionApp(let app): functionApps.append((node.id, app))
            case .cache, .database, .modelDeployment, .queue, .registry, .secretStore, .storage, .subscription,
                .telemetry, .topic:
                break
            }
        }
        self.images = images
        self.functionApps = functionApps
    }

    /// What was built before.
    ///
    /// - Throws: ``Images/ImageError`` and ``Packaging/PackageError`` where it was not.
    func built() throws -> StackCode {
        StackCode(
            images: try images.map { try StackCode.Image($0.node, in: ImageLayout(reading: place(of: $0.subject))) },
            packages: try functionApps.map { name, app in
                StackCode.Package(of: name, app, try PackageFile(at: place(of: name)))
            }
        )
    }

    /// Builds all of it for release, and then images and packages of that.
    ///
    /// Images tell nothing of commits, so that one which changes no program changes nothing in Azure.
    ///
    /// - Parameter sdk: The Swift SDK to build with, where this machine is no Linux.
    /// - Returns: What was built.
    /// - Throws: ``Failure`` where a program cannot be built, errors of images and packages.
    func build(sdk: String? = nil) async throws -> StackCode {
        try await build { try await ReleaseBuild(for: graph, sdk: sdk).binary(of: $0) }
    }

    /// Makes images and packages of programs that somebody provides.
    ///
    /// - Parameter program: The program of an executable product.
    /// - Returns: What was made.
    /// - Throws: What providing throws, errors of images and packages.
    func build(of program: (_ product: String) async throws -> FilePath) async throws -> StackCode {
        var programs: [String: FilePath] = [:]
        for product in Set(images.map(\.subject.executable) + functionApps.map(\.app.service.executable)).sorted() {
            programs[product] = try await program(product)
        }
        for (_, subject) in images {
            guard let program = programs[subject.executable] else { continue }
            let recipe = subject.recipe(
                program: program.string,
                certificates: try ImageBuild.certificates(),
                version: graph.version
            )
            _ = try ImageBuild.build(recipe, at: place(of: subject))
        }
        for (name, app) in functionApps {
            guard let package = FunctionPackage(of: name.name, in: graph),
                let program = programs[app.service.executable]
            else { continue }
            let path = place(of: name)
            try FileManager.default.createDirectory(
                atPath: path.removingLastComponent().string,
                withIntermediateDirectories: true
            )
            _ = try package.write(to: path, handler: program)
        }
        return try built()
    }

    private func place(of subject: ImageSubject) -> String { "\(folder)/images/\(subject.repository)" }

    private func place(of app: ResourceID) -> FilePath { FilePath("\(folder)/packages/\(app.name).zip") }
}
