package import Images
package import Packaging
package import StackGraph

/// The programs of a stack, built: the images that its container apps run, and the packages of its function apps.
package struct StackCode: Sendable {
    /// An image, as it lies on this machine.
    package struct Image: Sendable {
        package let node: ImageNode
        package let layout: ImageLayout
        package let digest: ContentDigest

        /// Takes the image that has the stack's tag.
        ///
        /// - Parameters:
        ///   - node: The image as the stack names it.
        ///   - layout: Where it lies.
        /// - Throws: ``Images/ImageError/noSuchTag(_:known:)``.
        package init(_ node: ImageNode, in layout: ImageLayout) throws(ImageError) {
            self.node = node
            self.layout = layout
            self.digest = try layout.image(tagged: node.tag).digest
        }

        /// The image by what it is, whatever its tag says one day: `chat-api@sha256:…`.
        var reference: String { "\(node.repository)@\(digest)" }
    }

    /// The package of one function app.
    package struct Package: Sendable {
        package let name: ResourceID
        package let app: FunctionAppNode
        package let file: PackageFile

        package init(of name: ResourceID, _ app: FunctionAppNode, _ file: PackageFile) {
            self.name = name
            self.app = app
            self.file = file
        }
    }

    package let images: [Image]
    package let packages: [Package]

    package init(images: [Image], packages: [Package]) {
        self.images = images
        self.packages = packages
    }
}
