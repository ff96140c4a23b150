package import Azure
package import JSONText
package import Packaging
package import StackGraph

/// Publishes packages to one function app on Flex Consumption.
///
/// What serves goes on serving until the new package is in place; a package that fails changes nothing.
/// Source: learn.microsoft.com/azure/azure-functions/functions-deployment-technologies#one-deploy
package struct Publisher: Sendable {
    private static let budget = Duration.seconds(30 * 60)
    /// What was just made is not found everywhere for some minutes.
    private static let freshness = Duration.seconds(5 * 60)
    /// Starting from a new package, with a pull of it and a cold start.
    private static let startBudget = Duration.seconds(5 * 60)

    private let id: ResourceIdentifier
    private let document: JSON
    private let session: AzureSession
    private let service: PackageService
    private let door: WebAddress
    private let pace: PollingPace

    private var name: String { id.name }

    /// Finds where an app takes packages; nothing is asked.
    ///
    /// - Parameters:
    ///   - app: The app as the stack says it.
    ///   - id: The app in Azure.
    ///   - document: What Azure tells of it.
    ///   - session: Who publishes.
    /// - Throws: ``PublishingError/noPlace(app:)``.
    package init(
        to app: FunctionAppNode,
        _ id: ResourceIdentifier,
        _ document: JSON,
        in session: AzureSession
    ) throws(PublishingError) {
        let properties = document["properties"]
        // Names of hosts are given by Azure, and do not follow from the app's.
        let repository = (properties?["hostNameSslStates"]?.array ?? []).first {
            $0["hostType"]?.string?.lowercased() == "repository"
        }
        guard let host = repository?["name"]?.string, let site = properties?["defaultHostName"]?.string,
            let server = session.cloud.address(of: .websiteDeployment, at: host),
            let website = session.cloud.address(of: .website, at: site)
        else { throw .noPlace(app: id.name) }
        self.id = id
        self.document = document
        self.session = session
        self.service = PackageService(of: id.name, at: server, in: session)
        self.door = website.appending(path: app.door)
        var pace = PollingPace()
        pace.first = .seconds(1)
        pace.longest = .seconds(5)
        self.pace = pace
    }

    /// Publishes a package, and waits until the app answers.
    ///
    /// - Parameters:
    ///   - package: What to publish.
    ///   - isForced: Whether to do so though the app has it already.
    ///   - report: Is told what happens.
    /// - Returns: What came of it.
    /// - Throws: ``PublishingError``, ``Azure/AzureError``, ``Azure/CredentialError``, `CancellationError`.
    package func publish(
        _ package: PackageFile,
        isForced: Bool = false,
        report: @escaping @Sendable (PublishingEvent) -> Void
    ) async throws -> Publication {
        let isUnchanged = isForced ? false : try await published() == package.digest
        if !isUnchanged {
            let deployment = try await place(package, report)
            try await PackageRecord(package, deployment: deployment).write(to: id, in: session)
            report(.starting)
        }
        return Publication(isUnchanged: isUnchanged, address: door.text, status: try await answer())
    }

    /// The digest of the package that the app has; `nil` where it has none, or somebody has published another one since.
    func published() async throws -> String? {
        guard let record = PackageRecord(of: document) else { return nil }
        let newest = try await service.report(on: PackageService.latest)
        return newest?.id == record.deployment && newest?.state == .succeeded ? record.digest : nil
    }

    // MARK: Placing

    /// Sends the package until it is in place.
    ///
    /// - Returns: What the service calls it.
    private func place(
        _ package: PackageFile,
        _ report: @escaping @Sendable (PublishingEvent) -> Void
    ) async throws -> String {
        let elapsed = session.connection.time.stopwatch()
        while true {
            report(.uploading(bytes: package.size))
            switch try await service.send(package) {
            case .accepted(let id):
                if let placed = try await follow(id, within: Self.budget - elapsed(), report) { return placed }
            case .busy:
                report(.waitingForOther)
                let other = try await end(of: PackageService.latest, within: Self.budget - elapsed()) { _ in }
                // It is this package, whose acceptance nobody has heard.
                let isOwn = other?.deployer == PackageService.deployer(of: package)
                if let other, isOwn, other.state == .succeeded { return other.id }
            case .missing:
                guard elapsed() < Self.freshness else { throw PublishingError.noPlace(app: name) }
                report(.waitingForApp)
            }
            guard elapsed() < Self.budget else { throw PublishingError.unfinished(app: name, after: Self.budget) }
            try await session.connection.time.pause(for: pace.longest)
        }
    }

    /// Follows a package that was accepted.
    ///
    /// - Returns: What the service calls it; `nil` where another one came in between.
    private func follow(
        _ id: String,
        within budget: Duration,
        _ report: @escaping @Sendable (PublishingEvent) -> Void
    ) async throws -> String? {
        // What has ended is forgotten at once where an app starts anew; its answer decides then.
        guard let end = try await end(of: id, within: budget, { report(.entered($0)) }) else { return id }
        switch end.state {
        case .succeeded: return end.id
        case .superseded: return nil
        case .failed, .cancelled, .partlySucceeded, .pending, .building, .deploying:
            throw PublishingError.failed(app: name, end.state, log: try await service.log(of: end.id))
        }
    }

    /// Waits until a package is in place or is not going to be.
    ///
    /// - Parameters:
    ///   - id: Which.
    ///   - budget: How long.
    ///   - onChange: Is told each state once.
    /// - Returns: How it ended; `nil` where it is not known any more.
    /// - Throws: ``PublishingError``, ``Azure/AzureError``, ``Azure/CredentialError``, `CancellationError`.
    private func end(
        of id: String,
        within budget: Duration,
        _ onChange: (PublishingState) -> Void
    ) async throws -> PackageService.Report? {
        let elapsed = session.connection.time.stopwatch()
        var last: PublishingState?
        var look = 0
        while elapsed() < budget {
            let report = try await service.report(on: id)
            // Not yet known in the first moments, and not known any more later on.
            if report == nil, last != nil || elapsed() > Self.freshness { return nil }
            if let report {
                if report.state != last { onChange(report.state) }
                if report.state.isOver { return report }
                last = report.state
            }
            try await session.connection.time.pause(for: pace.wait(before: look))
            look += 1
        }
        throw PublishingError.unfinished(app: name, after: Self.budget)
    }

    // MARK: Answering

    /// Waits until the app answers.
    ///
    /// - Returns: With which status; that it wants a token is an answer.
    private func answer() async throws -> Int {
        let elapsed = session.connection.time.stopwatch()
        var look = 0
        while true {
            let status = try await session.connection.status(at: door)
            if let status, status < 500, ![403, 404, 408, 429].contains(status) { return status }
            guard elapsed() < Self.startBudget else {
                let address = door.text
                throw PublishingError.silent(app: name, address: address, status: status, after: Self.startBudget)
            }
            try await session.connection.time.pause(for: pace.wait(before: look))
            look += 1
        }
    }
}

extension FunctionAppNode {
    /// A path of the app's that its program answers and that changes nothing; the root where there is none.
    ///
    /// The root is answered by the host, and says nothing of the program.
    fileprivate var door: String {
        let doors = functions.compactMap { function -> String? in
            switch function.trigger {
            case .http("GET", let route): route.contains("{") ? nil : "/api/\(route)"
            case .http, .messages, .timer: nil
            }
        }
        return doors.first ?? "/"
    }
}
