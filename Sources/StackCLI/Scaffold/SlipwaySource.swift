/// Where a new package finds Slipway.
enum SlipwaySource: Sendable, Hashable {
    /// A checkout beside it.
    case path(String)
    /// A repository, and the oldest version of it that will do.
    case repository(String, version: String)

    /// How a manifest says it.
    var dependency: String {
        switch self {
        case .path(let path): #".package(name: "slipway", path: \#(Self.quoted(path)))"#
        case .repository(let url, let version):
            ".package(url: \(Self.quoted(url)), from: \(Self.quoted(version)))"
        }
    }

    /// What products of it are said to be of: the last part of its address, as SwiftPM names packages.
    ///
    /// Source: docs.swift.org/swiftpm/documentation/packagedescription/target/dependency/product(name:package:)
    var package: String {
        switch self {
        case .path: return "slipway"
        case .repository(let url, _):
            let name = url.split(separator: "/").last.map(String.init) ?? url
            return name.hasSuffix(".git") ? String(name.dropLast(4)) : name
        }
    }

    /// A text as a literal of Swift.
    private static func quoted(_ text: String) -> String {
        "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }
}
