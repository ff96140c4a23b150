import JSONText

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The official descriptions of types, read from a folder with a file for each: `Microsoft.KeyVault.vaults.json`.
package struct OfficialSchemas: Sendable {
    private var schemas: [String: ResourceSchema] = [:]

    /// Reads every file of a folder that describes a type.
    ///
    /// - Throws: An error when the folder or a file cannot be read, or is no JSON.
    package init(folder: String) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasSuffix(".json") {
            let data = try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
            guard let schema = ResourceSchema(try JSON(parsing: data)) else { continue }
            schemas[schema.type.lowercased()] = schema
        }
    }

    subscript(type: String) -> ResourceSchema? { schemas[type.lowercased()] }
}
