public import JSONText

/// A package of Swift that a program was built with.
public struct PackagePin: Sendable, Hashable {
    public let name: String
    /// Where its source is, without a password.
    public let location: String
    public let version: String?
    public let revision: String?

    public init(name: String, location: String, version: String?, revision: String?) {
        self.name = name
        self.location = location
        self.version = version
        self.revision = revision
    }

    /// Reads what Swift's package manager has resolved.
    ///
    /// Source: github.com/swiftlang/swift-package-manager, `Sources/PackageGraph/ResolvedPackagesStore.swift`; versions
    /// 2 and 3 of the form differ only in members that are not read here.
    public static func pins(in resolved: JSON) -> [PackagePin] {
        (resolved["pins"]?.array ?? []).compactMap { pin in
            guard let name = pin["identity"]?.string, let location = pin["location"]?.string else { return nil }
            return PackagePin(
                name: name,
                location: location.withoutUserInformation,
                version: pin["state"]?["version"]?.string,
                revision: pin["state"]?["revision"]?.string
            )
        }
        .sorted { $0.name < $1.name }
    }
}

extension String {
    /// An address without the name and password that may stand before its host.
    ///
    /// Source: RFC 3986, section 3.2.1
    public var withoutUserInformation: String {
        guard let mark = firstRange(of: "://") else { return self }
        let authority = self[mark.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard let end = authority.lastIndex(of: "@") else { return self }
        return String(self[..<mark.upperBound]) + self[index(after: end)...]
    }
}
