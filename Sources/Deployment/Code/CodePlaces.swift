import Azure
import JSONText
import Packaging
import Planning
import Renderers
import StackGraph

/// Where the code of a stack goes: to which registry each image, and to which site each package.
struct CodePlaces: Sendable {
    struct ImagePlace: Sendable {
        let image: StackCode.Image
        let registry: String
        /// The parameter by which apps of the template name the image.
        let parameter: String
    }

    struct PackagePlace: Sendable {
        let package: StackCode.Package
        let site: String
    }

    /// By identifiers of their own, below those of what holds them.
    private(set) var images: [String: ImagePlace] = [:]
    private(set) var packages: [String: PackagePlace] = [:]

    init(_ code: StackCode, _ template: ARMTemplate, _ identifiers: [Symbol: String]) {
        for image in code.images {
            let holder = template.resources.first { $0.type == .registry && $0.node == image.node.registry }
            let parameter = template.parameters.first { $0.kind == .image(image.node) }
            guard let registry = holder.flatMap({ identifiers[$0.symbol] }), let parameter else { continue }
            let name = image.node.repository.replacing("/", with: "~")
            images["\(registry)/images/\(name)"] = ImagePlace(image: image, registry: registry, parameter: parameter.name)
        }
        for package in code.packages {
            let holder = template.resources.first { $0.type == .site && $0.node == package.name }
            guard let site = holder.flatMap({ identifiers[$0.symbol] }) else { continue }
            packages["\(site)/packages/\(package.app.service.executable)"] = PackagePlace(package: package, site: site)
        }
    }

    /// Resources together with the code that they hold or run.
    ///
    /// An image comes before the apps that run it; a package after all that its app is made of.
    ///
    /// - Parameters:
    ///   - resources: The resources of a stack.
    ///   - template: The template that they are of.
    ///   - identifiers: Theirs.
    /// - Returns: The resources, what they need of code, and that code.
    func joined(
        to resources: [DesiredResource],
        of template: ARMTemplate,
        _ identifiers: [Symbol: String]
    ) -> [DesiredResource] {
        var runners: [String: Set<String>] = [:]
        for (id, place) in images {
            for resource in template.resources where resource.parameters.contains(place.parameter) {
                if let runner = identifiers[resource.symbol] { runners[runner, default: []].insert(id) }
            }
        }
        let all = resources.map { resource in
            var resource = resource
            resource.needs.formUnion(runners[resource.id] ?? [])
            return resource
        }
        let pushed = images.map { id, place in
            DesiredResource(
                id: id,
                type: .image,
                node: place.image.node.registry,
                body: Self.content("\(place.image.digest)"),
                needs: [place.registry]
            )
        }
        let published = packages.map { id, place in
            DesiredResource(
                id: id,
                type: .package,
                node: place.package.name,
                body: Self.content("sha256:\(place.package.file.digest)"),
                needs: Set(resources.filter { $0.node == place.package.name }.map(\.id))
            )
        }
        return all + (pushed + published).sorted { $0.id < $1.id }
    }

    private static func content(_ digest: String) -> Value {
        .object([.init("properties", .object([.init("digest", .string(digest))]))])
    }

    /// What is told of code that is there, in the form of a resource.
    static func document(_ digest: String) -> JSON { ["properties": ["digest": .string(digest)]] }
}
