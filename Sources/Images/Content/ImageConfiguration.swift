import JSONText

/// How an engine runs an image, and what its layers are without compression.
///
/// Source: github.com/opencontainers/image-spec/blob/v1.1.0/config.md
struct ImageConfiguration: Sendable, Hashable {
    let architecture: Architecture
    let user: String
    let entryPoint: [String]
    let environment: [String: String]
    let workingDirectory: String
    let port: Int?
    let labels: [String: String]
    let layers: [Layer]

    struct Layer: Sendable, Hashable {
        /// The digest of the archive before it was compressed.
        let difference: ContentDigest
        /// What a person should know of it.
        let note: String
    }

    /// The moment that everything in an image was made: an image that knows the time is never the same twice.
    static let moment = "1970-01-01T00:00:00Z"

    var json: JSON {
        let exposed: JSON? = port.map { .object([.init("\($0)/tcp", [:])]) }
        return [
            "created": .string(Self.moment),
            "architecture": .string(architecture.rawValue),
            "os": "linux",
            "config": .compact([
                "User": .string(user),
                "ExposedPorts": exposed,
                "Env": .array(environment.sorted { $0.key < $1.key }.map { .string("\($0.key)=\($0.value)") }),
                "Entrypoint": .array(entryPoint.map { .string($0) }),
                "WorkingDir": .string(workingDirectory),
                "Labels": .sorted(labels),
            ]),
            "rootfs": ["type": "layers", "diff_ids": .array(layers.map { .string("\($0.difference)") })],
            "history": .array(
                layers.map { ["created": .string(Self.moment), "created_by": .string($0.note)] }
            ),
        ]
    }
}
