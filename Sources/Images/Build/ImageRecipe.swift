import Artifacts

/// What goes into an image, said once; the same recipe and the same files give the same digest.
public struct ImageRecipe: Sendable, Hashable {
    /// The user and group that the program runs as, and that owns ``dataFolder``.
    ///
    /// The number is above those that systems use for their own users, and not zero, which `runAsNonRoot` asks for.
    public static let user = 10_001
    /// The folder that a volume takes the place of, and its owner from.
    public static let dataFolder = "/data"
    /// The folder of the program.
    static let programFolder = "/app"
    /// Where the libraries of TLS look first.
    static let certificateFile = "/etc/ssl/certs/ca-certificates.crt"

    /// The name of the program in the image: `ChatAPI` becomes `/app/ChatAPI`.
    public let program: String
    /// The program on this machine.
    public let path: String
    /// The certificates of authorities that this machine trusts.
    public let certificates: String
    public let architecture: Architecture
    public let title: String
    public let version: String
    public let tag: String
    /// The port that the program listens on; `nil` for one that nobody calls.
    public let port: Int?
    /// Where the source is, and which of its commits this is.
    public var origin: Origin?
    /// The packages that the program is made of.
    public var packages: [PackagePin] = []

    public struct Origin: Sendable, Hashable {
        public let source: String?
        public let revision: String

        public init(source: String?, revision: String) {
            self.source = source
            self.revision = revision
        }
    }

    public init(
        program: String,
        path: String,
        certificates: String,
        architecture: Architecture = .amd64,
        title: String,
        version: String,
        tag: String,
        port: Int?
    ) {
        self.program = program
        self.path = path
        self.certificates = certificates
        self.architecture = architecture
        self.title = title
        self.version = version
        self.tag = tag
        self.port = port
    }
}

extension ImageRecipe {
    /// Everything but the program, which changes seldom and is then not sent again.
    var foundation: [ArchiveEntry] {
        [
            .folder("data", mode: 0o750, owner: Self.user),
            .folder("etc"), .folder("etc/ssl"), .folder("etc/ssl/certs"),
            .file("etc/group", .text("root:x:0:\nservice:x:\(Self.user):\n")),
            .file(
                "etc/passwd",
                .text(
                    "root:x:0:0:root:/:/sbin/nologin\n"
                        + "service:x:\(Self.user):\(Self.user):service:\(Self.dataFolder):/sbin/nologin\n"
                )
            ),
            .file(String(Self.certificateFile.dropFirst()), .copy(of: certificates)),
            .folder("tmp", mode: 0o1777),
        ]
    }

    var programEntries: [ArchiveEntry] {
        [
            .folder(String(Self.programFolder.dropFirst())),
            .file(programPath, mode: 0o755, .copy(of: path)),
        ]
    }

    /// Where the program is in the archive.
    var programPath: String { "\(Self.programFolder.dropFirst())/\(program)" }

    /// How engines run the image.
    func configuration(foundation: ContentDigest, program difference: ContentDigest) -> ImageConfiguration {
        ImageConfiguration(
            architecture: architecture,
            user: "\(Self.user):\(Self.user)",
            entryPoint: ["\(Self.programFolder)/\(program)"],
            environment: environment,
            workingDirectory: Self.dataFolder,
            port: port,
            labels: labels,
            layers: [
                .init(difference: foundation, note: "certificates and the user \(Self.user)"),
                .init(difference: difference, note: "\(program) \(version)"),
            ]
        )
    }

    /// What the program would otherwise have to be told by everyone who runs the image by hand.
    private var environment: [String: String] {
        var environment = ["HOST": "0.0.0.0", "DATA_DIRECTORY": Self.dataFolder, "SSL_CERT_FILE": Self.certificateFile]
        environment["PORT"] = port.map { String($0) }
        return environment
    }

    /// What a registry shows of the image.
    ///
    /// Source: github.com/opencontainers/image-spec/blob/v1.1.0/annotations.md#pre-defined-annotation-keys
    private var labels: [String: String] {
        var labels = ["title": title, "version": version]
        labels["source"] = origin?.source
        labels["revision"] = origin?.revision
        return Dictionary(uniqueKeysWithValues: labels.map { ("org.opencontainers.image.\($0.key)", $0.value) })
    }
}
