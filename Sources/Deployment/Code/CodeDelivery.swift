import Azure
import Images
import JSONText
import Packaging
import Planning
import StackGraph

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

    /// Sends an image to its registry, as far as it is not there.
    private func push(_ place: CodePlaces.ImagePlace, as id: String) async throws {
        let reference = try Self.reference(to: place, in: store[place.registry], session)
        let elapsed = session.connection.time.stopwatch()
        while true {
            do {
                let push = ImagePush(
                    place.image.layout,
                    to: reference,
                    credential: Self.credential(session),
                    connection: session.connection,
                    policy: Self.policy
                )
                _ = try await push.run()
                store[id] = CodePlaces.document("\(place.image.digest)")
                return
            } catch let error as RegistryError {
                let isFresh = known[place.registry] == nil && elapsed() < Self.freshness
                guard isFresh, error.mayPass else { throw DeploymentProblem(error, at: reference) }
                try await wait(.seconds(5), because: "a new registry is not known everywhere yet")
            }
        }
    }

    /// The digest of the image that has the stack's tag in its registry; `nil` where there is none.
    func pushed(_ place: CodePlaces.ImagePlace) async throws -> String? {
        guard let registry = known[place.registry] else { return nil }
        let reference = try Self.reference(to: place, in: registry, session)
        let lookup = ImageLookup(
            reference,
            credential: Self.credential(session),
            connection: session.connection,
            policy: Self.policy
        )
        do {
            return try await lookup.digest().map { "\($0)" }
        } catch let error as RegistryError {
            throw DeploymentProblem(error, at: reference)
        }
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
        to place: CodePlaces.ImagePlace,
        in registry: JSON?,
        _ session: AzureSession
    ) throws -> ImageReference {
        // Nobody but a registry of this cloud may be told who deploys.
        guard let server = registry?["properties"]?["loginServer"]?.string,
            session.cloud.address(of: .registry, at: String(server.prefix { $0 != "/" })) != nil,
            let reference = ImageReference("\(server)/\(place.image.node.reference)")
        else { throw DeploymentError.unsoundIdentifier(place.registry) }
        return reference
    }

    // MARK: Packages

    /// Puts a package in place in its site, and waits until that answers.
    private func publish(_ place: CodePlaces.PackagePlace, as id: String) async throws {
        let package = place.package.file
        do {
            guard let publisher = try publisher(for: place, store[place.site]) else {
                throw DeploymentError.unsoundIdentifier(place.site)
            }
            _ = try await publisher.publish(package) { event in
                if let reason = event.reason { report(.waiting(id, .seconds(5), because: reason)) }
            }
            store[id] = CodePlaces.document("sha256:\(package.digest)")
        } catch let error as PublishingError {
            throw DeploymentProblem(error)
        }
    }

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
        return try Publisher(to: place.package.app, id, site, in: session)
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
        case .unauthorized, .forbidden, .missing, .throttled, .failing, .unreachable, .stalled: true
        case .refused, .unexpected, .untrusted: false
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
