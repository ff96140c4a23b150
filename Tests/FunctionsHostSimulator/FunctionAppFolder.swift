import Foundation
import JSONText

/// What the Azure Functions host reads in the folder of an app before it starts anything: `host.json`, and a
/// `function.json` for each function.
///
/// Source: learn.microsoft.com/azure/azure-functions/functions-host-json
public struct FunctionAppFolder: Sendable {
    public let path: String
    public let functions: [DeployedFunction]
    /// The program, relative to the folder or to be found on the path.
    let executable: String
    let arguments: [String]
    /// Whether requests reach the program as they are.
    let proxiesRequests: Bool
    let routePrefix: String
    /// Messages that are handed to the program at the same time.
    let concurrency: Int

    /// Reads a folder.
    ///
    /// - Throws: ``FolderProblem`` for what the host would refuse to start with.
    public init(at path: String) throws {
        let host = try Self.json(at: "\(path)/host.json")
        guard host["version"] == "2.0" else { throw FolderProblem("host.json: version must be 2.0") }
        guard let handler = host["customHandler"], let description = handler["description"],
            let executable = description["defaultExecutablePath"]?.string, !executable.isEmpty
        else { throw FolderProblem("host.json: there is no customHandler.description.defaultExecutablePath") }
        self.path = path
        self.executable = executable
        self.arguments = description["arguments"]?.array?.compactMap(\.string) ?? []
        self.proxiesRequests =
            (handler["enableProxyingHttpRequest"] ?? handler["enableForwardingHttpRequest"])?.bool ?? false
        let extensions = host["extensions"]
        self.routePrefix = extensions?["http"]?["routePrefix"]?.string ?? "api"
        self.concurrency = extensions?["serviceBus"]?["maxConcurrentCalls"]?.integer ?? 16
        let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        self.functions = try names.compactMap { name in
            let file = "\(path)/\(name)/function.json"
            guard FileManager.default.fileExists(atPath: file) else { return nil }
            return try DeployedFunction(name, try Self.json(at: file))
        }
        guard functions.allSatisfy({ $0.queue == nil }) || host["extensionBundle"]?["id"]?.string != nil else {
            throw FolderProblem("host.json: without an extensionBundle there is no serviceBusTrigger")
        }
    }

    private static func json(at path: String) throws -> JSON {
        guard let data = FileManager.default.contents(atPath: path) else { throw FolderProblem("\(path): not there") }
        return try JSON(parsing: data)
    }
}

/// Why the host would not start an app.
public struct FolderProblem: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
