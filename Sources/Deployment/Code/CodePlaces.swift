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
        let app: FunctionAppNode
        let name: ResourceID
        let site: String
        /// The registry that keeps packages for those who go back to them; `nil` where the stack has none.
        let registry: String?
        let digest: String
        /// Where it lies here; `nil` for one of before, which the registry keeps.
        let file: PackageFile?
    }

    /// By identifiers of their own, below those of what holds them.
    private(set) var images: [String: ImagePlace] = [:]
    private(set) var packages: [String: PackagePlace] = [:]

    /// Finds the places of code that is brought along.
    init(_ code: StackCode, _ template: ARMTemplate, _ identifiers: [Symbol: String]) {
        for image in code.images {
            let holder = template.resources.first { $0.type == .registry && $0.node == image.node.registry }
            let parameter = template.parameters.first { $0.kind == .image(image.node) }
            guard let registry = holder.flatMap({ identifiers[$0.symbol] }), let parameter else { continue }
            let name = image.node.repository.replacing("/", with: "~")
            images["\(registry)/images/\(name)"] = ImagePlace(
                image: image,
                registry: registry,
                parameter: parameter.name
            )
        }
        for package in code.packages {
            add(package.name, package.app, "sha256:\(package.file.digest)", package.file, template, identifiers)
        }
    }

    /// Finds the places of packages that sites had before.
    ///
    /// - Parameters:
    ///   - packages: Their digests, by the identifiers of sites.
    ///   - apps: The function apps of the stack.
    ///   - template: The stack.
    ///   - identifiers: Those of its resources.
    init(
        restoring packages: [String: String],
        of apps: [ResourceID: FunctionAppNode],
        _ template: ARMTemplate,
        _ identifiers: [Symbol: String]
    ) {
        let digests = Dictionary(packages.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
        for resource in template.resources where resource.type == .site {
            guard let name = resource.node, let app = apps[name], let site = identifiers[resource.symbol],
                let digest = digests[site.lowercased()]
            else { continue }
            add(name, app, digest, nil, template, identifiers)
        }
    }

    private mutating func add(
        _ name: ResourceID,
        _ app: FunctionAppNode,
        _ digest: String,
        _ file: PackageFile?,
        _ template: ARMTemplate,
        _ identifiers: [Symbol: String]
    ) {
        let holder = template.resources.first { $0.type == .site && $0.node == name }
        let registry = template.resources.first { $0.type == .registry && !$0.isExisting }
        guard let site = holder.flatMap({ identifiers[$0.symbol] }) else { return }
        packages["\(site)/packages/\(app.service.executable)"] = PackagePlace(
            app: app,
            name: name,
            site: site,
            registry: registry.flatMap { identifiers[$0.symbol] },
            digest: digest,
            file: file
        )
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
                node: place.name,
                body: Self.content(place.digest),
                needs: Set(resources.filter { $0.node == place.name || $0.id == place.registry }.map(\.id))
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
