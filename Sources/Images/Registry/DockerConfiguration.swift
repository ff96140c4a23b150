public import JSONText
import Settings

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where `docker login` keeps what registries ask for.
///
/// Source: docs.docker.com/reference/cli/docker/login/#credential-stores; the members come from
/// github.com/docker/cli, `cli/config/types/authconfig.go`.
public struct DockerConfiguration: Sendable {
    private let json: JSON

    public init(_ json: JSON) {
        self.json = json
    }

    /// What to show to a registry; `nil` where the file says nothing of it.
    public func credential(for host: String) -> RegistryCredential? {
        let entries = json["auths"]?.members ?? []
        guard let entry = entries.first(where: { Self.host($0.name) == Self.host(host) })?.value else { return nil }
        if let token = entry["identitytoken"]?.string, !token.isEmpty { return .refreshToken(SecretValue(token)) }
        if let user = entry["username"]?.string, let password = entry["password"]?.string, !user.isEmpty {
            return .password(user: user, SecretValue(password))
        }
        guard let data = (entry["auth"]?.string).flatMap({ Data(base64Encoded: $0) }),
            let text = String(validating: data, as: UTF8.self), let colon = text.firstIndex(of: ":")
        else { return nil }
        return .password(user: String(text[..<colon]), SecretValue(String(text[text.index(after: colon)...])))
    }

    /// Whether a program keeps the credential, which is not asked here.
    public func leavesToHelper(_ host: String) -> Bool {
        let helpers = json["credHelpers"]?.members ?? []
        return json["credsStore"]?.string != nil || helpers.contains { Self.host($0.name) == Self.host(host) }
    }

    /// Keys are hosts, or addresses of which only the host matters.
    private static func host(_ key: String) -> String {
        let rest = key.firstRange(of: "://").map { key[$0.upperBound...] } ?? key[...]
        let host = rest.prefix { $0 != "/" }.lowercased()
        return ["index.docker.io", "registry-1.docker.io"].contains(host) ? "docker.io" : host
    }
}
