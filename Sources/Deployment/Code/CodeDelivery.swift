import Azure
import Images
import JSONText
import Packaging
import Planning
import StackGraph
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Brings code to where it runs: images into registries, packages into sites.
struct CodeDelivery: Sendable {
    /// A registry that was just made is not known everywhere, and does not know yet who may push.
    private static let freshness = Duration.seconds(5 * 60)

    let places: CodePlaces
    let session: AzureSession
    let store: LiveStore
    /// What was there before; all else is fresh.
    let known: LiveResources
    let report: @Sendable (DeploymentEvent) -> Void

    /// Brings an image or a package to where it runs.
    func bring(_ id: String) async throws {
        if let place = places.images[id] {
            try await push(place, as: id)
        } else if let place = places.packages[id] {
            try await publish(place, as: id)
        }
    }

    // MARK: Images

    private func push(_ place: CodePlaces.ImagePlace, as id: String) async throws {
        try await send(place.image.layout, to: place.image.node.reference, in: place.registry)
        store[id] = CodePlaces.document("\(place.image.digest)")
    }

    /// Sends what a layout holds to a registry of the stack, as far as it is not there.
    private func send(_ layout: ImageLayout, to name: String, in registry: String) async throws {
        let reference = try Self.reference(name, in: store[registry], registry, session)
        let push = ImagePush(
            layout,
            to: reference,
            credential: Self.credential(session),
            connection: session.connection,
            policy: Self.policy
        )
        let elapsed = session.connection.time.stopwatch()
        while true {
            do {
                _ = try await push.run()
                return
            } catch let error as RegistryError {
                let isFresh = known[registry] == nil && elapsed() < Self.freshness
                guard isFresh, error.mayPass else { throw DeploymentProblem(error, at: reference) }
                try await wait(.seconds(5), because: "a new registry is not known everywhere yet")
            }
        }
    }

    /// The digest of the image that has the stack's tag in its registry; `nil` where there is none.
    func pushed(_ place: CodePlaces.ImagePlace) async throws -> String? {
        guard let registry = known[place.registry] else { return nil }
        let reference = try Self.reference(place.image.node.reference, in: registry, place.registry, session)
        do {
            return try await reader(of: reference).digest().map { "\($0)" }
        } catch let error as RegistryError {
            throw DeploymentProblem(error, at: reference)
        }
    }

    private func reader(of reference: ImageReference) -> RegistryReader {
        RegistryReader(
            reference,
            credential: Self.credential(session),
            connection: session.connection,
            policy: Self.policy
        )
    }

    /// As patient as with all else in Azure; what is sent may be large.
    private static var policy: RetryPolicy {
        var policy = RetryPolicy()
        policy.answerLimit = .seconds(300)
        return policy
    }

    private static func credential(_ session: AzureSession) -> RegistryCredential {
        .entra(session.tokens, session.cloud.scope(of: .registry), tenant: session.scope.tenant)
    }

    private static func reference(
        _ name: String,
        in registry: JSON?,
        _ id: String,
        _ session: AzureSession
    ) throws -> ImageReference {
        // Nobody but a registry of this cloud may be told who deploys.
        guard let server = registry?["properties"]?["loginServer"]?.string,
            session.cloud.address(of: .registry, at: String(server.prefix { $0 != "/" })) != nil,
            let reference = ImageReference("\(server)/\(name)")
        else { throw DeploymentError.unsoundIdentifier(id) }
        return reference
    }

    // MARK: Packages

    /// Puts a package in place in its site, and waits until that answers.
    ///
    /// A registry of the stack keeps it first, so that somebody can go back to it.
    private func publish(_ place: CodePlaces.PackagePlace, as id: String) async throws {
        guard let publisher = try publisher(for: place, store[place.site]) else {
            throw DeploymentError.unsoundIdentifier(place.site)
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "slipway-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let package: PackageFile
        if let file = place.file {
            package = file
            try await keep(file, of: place, in: "\(folder)/layout")
        } else {
            package = try await kept(place, at: "\(folder)/package.zip")
        }
        do {
            _ = try await publisher.publish(package) { event in
                if let reason = event.reason { report(.waiting(id, .seconds(5), because: reason)) }
            }
        } catch let error as PublishingError {
            throw DeploymentProblem(error)
        }
        store[id] = CodePlaces.document(place.digest)
    }

    private func keep(_ file: PackageFile, of place: CodePlaces.PackagePlace, in folder: String) async throws {
        guard let registry = place.registry else { return }
        let layout = try FileArtifact.layout(
            of: "\(file.path)",
            .zip,
            type: Self.packageType,
            tag: file.digest,
            at: folder
        )
        try await send(layout, to: "\(place.name.name)-package:\(file.digest)", in: registry)
    }

    /// A package of before, as the registry has kept it.
    private func kept(_ place: CodePlaces.PackagePlace, at path: String) async throws -> PackageFile {
        let digest = String(place.digest.dropFirst("sha256:".count))
        if let registry = place.registry, let document = store[registry] {
            let reference = try Self.reference("\(place.name.name)-package:\(digest)", in: document, registry, session)
            do {
                if try await reader(of: reference).pull(to: path) {
                    let file = try PackageFile(at: FilePath(path))
                    if file.digest == digest { return file }
                }
            } catch let error as RegistryError {
                throw DeploymentProblem(error, at: reference)
            }
        }
        throw DeploymentProblem(
            code: "PackageGone",
            message: "Nobody keeps the package \(place.digest) of \(place.name.name) any more.",
            request: "publish to \(place.name.name)",
            remedy: "Check out the version that it was built of, and run `infra up --target azure` there."
        )
    }

    private static let packageType = "application/vnd.slipway.function-package"

    /// The digest of the package that a site runs; `nil` where it has none that is known.
    func published(_ place: CodePlaces.PackagePlace) async throws -> String? {
        do {
            return try await publisher(for: place, known[place.site])?.published().map { "sha256:\($0)" }
        } catch is PublishingError {
            // It says so when it is published to.
            return nil
        }
    }

    private func publisher(for place: CodePlaces.PackagePlace, _ site: JSON?) throws(PublishingError) -> Publisher? {
        guard let site, let id = ResourceIdentifier(place.site) else { return nil }
        return try Publisher(to: place.app, id, site, in: session)
    }

    private func wait(_ duration: Duration, because reason: String) async throws {
        report(.waiting(StepContext.resource, duration, because: reason))
        try await session.connection.time.pause(for: duration)
    }
}

extension CodeDelivery {
    /// What code is there, many pieces at once.
    ///
    /// - Returns: The resources that are known, and code in the form of resources.
    func read() async throws -> LiveResources {
        let images = try await places.images.sorted { $0.key < $1.key }.concurrentMap { id, place in
            (id, try await pushed(place))
        }
        let packages = try await places.packages.sorted { $0.key < $1.key }.concurrentMap { id, place in
            (id, try await published(place))
        }
        var live = known
        for (id, digest) in images + packages { live[id] = digest.map(CodePlaces.document) }
        return live
    }
}

extension RegistryError {
    /// Whether a registry that is new may say so, and something else soon.
    fileprivate var mayPass: Bool {
        switch self {
        case .unauthorized, .missing, .throttled, .failing, .unreachable, .stalled: true
        case .forbidden, .refused, .unexpected, .untrusted: false
        }
    }
}

extension PublishingEvent {
    /// Why a package waits; `nil` where it does not.
    fileprivate var reason: String? {
        switch self {
        case .waitingForOther: "another package is on its way"
        case .waitingForApp: "the site is new, and takes no package yet"
        case .starting: "the package is in place, and the app starts"
        case .uploading, .entered: nil
        }
    }
}
