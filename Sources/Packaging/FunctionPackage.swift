import Artifacts
import Renderers
package import StackGraph
package import SystemPackage

/// What a function app is published as: its program, and what the host reads beside it.
///
/// Source: learn.microsoft.com/azure/azure-functions/functions-custom-handlers#deploying
package struct FunctionPackage: Sendable {
    /// The product that is the handler, which lies at the root of the package under this name.
    package let handler: String
    private let files: [RenderedFile]

    /// Describes the package of a function app; `nil` where the stack has none of that name.
    package init?(of service: String, in graph: Graph) {
        let handlers = graph.nodes.compactMap { node -> String? in
            guard node.id.name == service, case .functionApp(let app) = node.kind else { return nil }
            return app.service.executable
        }
        guard let handler = handlers.first else { return nil }
        let folder = "\(service)/"
        self.handler = handler
        self.files = FunctionsRenderer().render(graph).files.compactMap { file in
            guard file.path.hasPrefix(folder) else { return nil }
            let path = String(file.path.dropFirst(folder.count))
            return RenderedFile(path, file.contents, isExecutable: file.isExecutable)
        }
    }

    /// Writes the package; the same files give the same bytes.
    ///
    /// - Parameters:
    ///   - path: Where; what is there stays until the new one is complete.
    ///   - program: The handler, built for where function apps run.
    /// - Returns: What was written.
    /// - Throws: ``PackageError``.
    package func write(to path: FilePath, handler program: FilePath) throws(PackageError) -> PackageFile {
        try HandlerCheck.check("\(program)")
        let entries =
            files.map { ($0.path, $0.isExecutable, FileContents.text($0.contents)) }
            + [(handler, true, .copy(of: "\(program)"))]
        let sorted = entries.sorted { Array($0.0.utf8).lexicographicallyPrecedes(Array($1.0.utf8)) }
        do {
            try PlatformReplacement.replace(path) { file in
                var archive = ZipWriter(to: file, path: "\(path)")
                for (name, isExecutable, contents) in sorted {
                    try archive.add(name, isExecutable: isExecutable, contents)
                }
                try archive.finish()
            }
        } catch {
            throw PackageError(error, of: "\(path)")
        }
        return try PackageFile(at: path)
    }
}

extension Graph {
    /// The names of the function apps of the stack.
    package var functionAppNames: [String] {
        nodes.compactMap { node in if case .functionApp = node.kind { node.id.name } else { nil } }
    }
}
