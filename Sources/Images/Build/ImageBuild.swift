import Artifacts
import JSONText

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Builds an image without an engine: layers, configuration, manifest, and the list of what is in it.
public enum ImageBuild {
    /// What was built.
    public struct Outcome: Sendable, Hashable {
        public let image: ContentDescriptor
        /// Of everything that is sent, compressed.
        public let size: Int
        /// Of the program before it was compressed.
        public let programSize: Int
    }

    /// Builds an image.
    ///
    /// - Parameters:
    ///   - recipe: What goes into it.
    ///   - path: The folder of the layout; what image it held is replaced.
    /// - Returns: What was built.
    /// - Throws: ``ImageError``; nothing half-written stays.
    public static func build(_ recipe: ImageRecipe, at path: String) throws -> Outcome {
        try ProgramCheck.check(recipe.path, isFor: recipe.architecture)
        let layout = try LayoutWriter(at: path)
        do {
            return try build(recipe, in: layout)
        } catch {
            layout.abandon()
            throw (error as? ArtifactError).map { ImageError($0) } ?? error
        }
    }

    private static func build(_ recipe: ImageRecipe, in layout: LayoutWriter) throws -> Outcome {
        let files = try (recipe.foundation + recipe.programEntries).compactMap { try FileFacts($0) }
        let (foundation, foundationDifference) = try layout.write(layer: recipe.foundation)
        let (layer, difference) = try layout.write(layer: recipe.programEntries)
        let configuration = recipe.configuration(foundation: foundationDifference, program: difference)
        let manifest = ImageManifest(
            configuration: try layout.write(configuration.json, .configuration),
            layers: [foundation, layer]
        )
        var image = try layout.write(manifest.json, .manifest)
        let materials = BillOfMaterials(recipe, files: files)
        let attachment = ImageManifest(
            configuration: try layout.write([:], .empty),
            layers: [try layout.write(materials.json, .billOfMaterials)],
            artifactType: MediaType.billOfMaterials.rawValue,
            subject: image
        )
        var list = try layout.write(attachment.json, .manifest)
        list.artifactType = attachment.artifactType
        let size = ([image] + manifest.blobs).reduce(0) { $0 + $1.size }
        image.annotations[ImageIndex.tagAnnotation] = recipe.tag
        image.platform = recipe.architecture
        try layout.finish(ImageIndex(manifests: [image, list]))
        let program = files.first { $0.path == recipe.programPath }
        return Outcome(image: image, size: size, programSize: program?.size ?? 0)
    }

    /// The certificates of this machine.
    ///
    /// - Parameter places: Where systems keep them; see ``certificatePlaces``.
    /// - Returns: The first file that holds some.
    /// - Throws: ``ImageError/noCertificates(_:)``.
    public static func certificates(among places: [String] = certificatePlaces) throws(ImageError) -> String {
        for place in places {
            guard let file = try? SourceFile(place) else { continue }
            defer { file.close() }
            var isBundle = false
            try? file.forEachPiece { isBundle = isBundle || $0.contains(Array("-----BEGIN CERTIFICATE-----".utf8)) }
            if isBundle { return place }
        }
        throw .noCertificates(places)
    }

    /// Where Debian and Alpine, Fedora, SUSE, and macOS and OpenBSD keep certificates.
    ///
    /// Source: go.dev/src/crypto/x509/root_linux.go
    public static let certificatePlaces = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ]
}
