import Crypto
import JSONText
import WebFormats

/// The list of what is in an image, as SPDX 2.3 writes it.
///
/// It has every file of the image, and names every package that the program's package has resolved, which may be more than the program uses: it is
/// better to look into one too many when a hole becomes known. Source: spdx.github.io/spdx-spec/v2.3
struct BillOfMaterials: Sendable, Hashable {
    let json: JSON

    init(_ recipe: ImageRecipe, files: [FileFacts]) {
        let identifiers = recipe.packages.map { "SPDXRef-Package-\(Self.identifier($0.name))" }
        let relations =
            [Self.relation("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-Image")]
            + files.map { Self.relation("SPDXRef-Image", "CONTAINS", Self.identifier(of: $0)) }
            + identifiers.map { Self.relation("SPDXRef-Image", "DEPENDS_ON", $0) }
        let content: [JSON] = [
            .array([Self.image(recipe, files)] + zip(identifiers, recipe.packages).map(Self.package)),
            .array(files.map { Self.file($0, isProgram: $0.path == recipe.programPath) }), .array(relations),
        ]
        self.json = [
            "spdxVersion": "SPDX-2.3",
            "dataLicense": "CC0-1.0",
            "SPDXID": "SPDXRef-DOCUMENT",
            "name": .string(recipe.title),
            "documentNamespace": .string(Self.namespace(recipe, of: content)),
            "creationInfo": [
                "created": .string(ImageConfiguration.moment), "creators": ["Tool: slipway"],
            ],
            "packages": content[0],
            "files": content[1],
            "relationships": content[2],
        ]
    }

    /// A name that no other list has: it follows from what is in it.
    private static func namespace(_ recipe: ImageRecipe, of content: [JSON]) -> String {
        let digest = ContentDigest(of: JSON.array(content).bytes).hexadecimal
        return "https://spdx.org/spdxdocs/\(identifier(recipe.title))-\(digest)"
    }

    private static func image(_ recipe: ImageRecipe, _ files: [FileFacts]) -> JSON {
        .compact([
            "SPDXID": "SPDXRef-Image",
            "name": .string(recipe.title),
            "versionInfo": .string(recipe.version),
            "downloadLocation": .string(recipe.origin.flatMap(location) ?? "NOASSERTION"),
            "filesAnalyzed": true,
            "packageVerificationCode": ["packageVerificationCodeValue": .string(verificationCode(files))],
            "primaryPackagePurpose": "CONTAINER",
        ])
    }

    /// What tells whether somebody has the same files.
    ///
    /// Source: spdx.github.io/spdx-spec/v2.3/package-information/#79-package-verification-code-field
    private static func verificationCode(_ files: [FileFacts]) -> String {
        Insecure.SHA1.hash(data: Array(files.map(\.sha1).sorted().joined().utf8)).hexadecimal
    }

    /// Where somebody finds the source of exactly this image.
    ///
    /// Source: spdx.github.io/spdx-spec/v2.3/package-information/#77-package-download-location-field
    private static func location(_ origin: ImageRecipe.Origin) -> String? {
        guard let source = origin.source, source.hasPrefix("https://") else { return nil }
        return "git+\(source)@\(origin.revision)"
    }

    private static func package(_ identifier: String, _ pin: PackagePin) -> JSON {
        let isAddress = pin.location.hasPrefix("https://")
        let commit = pin.revision.map { "@\($0)" } ?? ""
        return .compact([
            "SPDXID": .string(identifier),
            "name": .string(pin.name),
            "versionInfo": pin.version.map { .string($0) },
            "downloadLocation": isAddress ? .string("git+\(pin.location)\(commit)") : "NOASSERTION",
            "filesAnalyzed": false,
            "externalRefs": purl(pin).map { address in
                [
                    [
                        "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                        "referenceLocator": .string(address),
                    ]
                ]
            },
        ])
    }

    /// The address by which tools look for known holes: `pkg:swift/github.com/apple/swift-nio@2.101.2`.
    ///
    /// Source: github.com/package-url/purl-spec, `types-doc/swift-definition.md`
    private static func purl(_ pin: PackagePin) -> String? {
        guard let version = pin.version, pin.location.hasPrefix("https://") else { return nil }
        let path = pin.location.dropFirst("https://".count)
        return "pkg:swift/\(path.hasSuffix(".git") ? path.dropLast(4) : path)@\(PercentEncoding.encode(version))"
    }

    private static func identifier(of file: FileFacts) -> String { "SPDXRef-File-\(identifier(file.path))" }

    private static func file(_ file: FileFacts, isProgram: Bool) -> JSON {
        [
            "SPDXID": .string(identifier(of: file)),
            "fileName": .string("./\(file.path)"),
            "fileTypes": [isProgram ? "BINARY" : "TEXT"],
            "checksums": [
                ["algorithm": "SHA1", "checksumValue": .string(file.sha1)],
                ["algorithm": "SHA256", "checksumValue": .string(file.sha256)],
            ],
            "copyrightText": "NOASSERTION",
        ]
    }

    private static func relation(_ subject: String, _ type: String, _ object: String) -> JSON {
        [
            "spdxElementId": .string(subject), "relationshipType": .string(type), "relatedSpdxElement": .string(object),
        ]
    }

    /// Letters, digits, dots and hyphens are all that an identifier may hold.
    private static func identifier(_ name: String) -> String {
        String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "." || $0 == "-" ? $0 : "-" })
    }
}
