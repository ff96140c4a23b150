import Images
import Planning

extension DeploymentProblem {
    /// Why an image is not in its registry, and what to do about it.
    init(_ error: RegistryError, at reference: ImageReference) {
        let (host, repository) = (reference.host, reference.repository)
        let again = "Run the command again: what was sent stays there."
        let (code, message, remedy): (String, String, String) =
            switch error {
            case .unauthorized(let said):
                (
                    "RegistryUnauthorized", "\(host) does not accept who is signed in\(Self.told(said)).",
                    "Check that it takes Microsoft Entra tokens, and is of the tenant that you are signed in to."
                )
            case .forbidden(let said):
                (
                    "RegistryForbidden", "\(host) does not let you push to '\(repository)'\(Self.told(said)).",
                    """
                    Have somebody give you the role AcrPush on the registry, or Container Registry Repository Writer where \
                    it has roles for repositories, and run the command again.
                    """
                )
            case .missing(let said):
                ("RegistryMissing", "\(host) has no repository '\(repository)'\(Self.told(said)).", again)
            case .throttled: ("RegistryThrottled", "\(host) gets too many requests.", again)
            case .failing(let status, let said):
                ("RegistryFailing", "\(host) has a problem of its own: HTTP \(status)\(Self.told(said)).", again)
            case .refused(let status, let said):
                (
                    "RegistryRefused", "\(host) refuses '\(repository)': HTTP \(status)\(Self.told(said)).",
                    "Check the name and tag of the image in the stack."
                )
            case .unreachable(let reason):
                ("RegistryUnreachable", "Nobody answers at \(host): \(reason).", "Check the network, and run it again.")
            case .unexpected(let reason):
                ("RegistryUnexpected", "\(host) does not behave like a registry: \(reason).", again)
            case .untrusted(let place):
                (
                    "RegistryUntrusted", "\(host) sends credentials to \(place), which is not its own.",
                    "Nothing was sent there. Check who runs the registry."
                )
            case .stalled(_, let sent, let size, let reason):
                ("RegistryStalled", "\(host) took \(sent) of \(size) bytes and no more: \(reason).", again)
            }
        self.init(code: code, message: message, request: "push \(reference)", remedy: remedy)
    }

    private static func told(_ said: String?) -> String { said.map { " (\($0))" } ?? "" }

    /// Why a package is not in place, and what to do about it.
    init(_ error: PublishingError) {
        let stays = "What ran before goes on running."
        switch error {
        case .noPlace(let app):
            self.init(
                code: "NoPlaceForPackages",
                message: "\(app) does not say where it takes packages.",
                request: "publish to \(app)",
                remedy: "Only apps on Flex Consumption are published to. Run it again in a few minutes where it is new."
            )
        case .forbidden(let app, let said):
            self.init(
                code: "PublishingForbidden",
                message: "Publishing to \(app) is refused: \(said)",
                request: "publish to \(app)",
                remedy: "It takes the role Website Contributor, and a network that the app's deployment site admits."
            )
        case .rejected(let app, let said):
            self.init(
                code: "PackageRejected",
                message: "\(app) does not take the package: \(said)",
                request: "publish to \(app)",
                remedy: "\(stays) Look at what it says, and run the command again."
            )
        case .failed(let app, _, let log):
            self.init(
                code: "PackageFailed",
                message: "The package could not be put in place in \(app). \(stays)",
                request: "publish to \(app)",
                remedy: "Run the command again; where it fails again, its log says why.",
                log: log
            )
        case .unfinished(let app, _):
            self.init(
                code: "PackageUnfinished",
                message: "\(app) has not taken the package in time.",
                request: "publish to \(app)",
                remedy: "It may still do so; run the command again to see."
            )
        case .silent(let app, let address, let status, _):
            self.init(
                code: "AppSilent",
                message: "The package is in place, and \(app) "
                    + (status.map { "answers HTTP \($0)" } ?? "does not answer") + " at \(address).",
                request: "GET \(address)",
                remedy: "Look at why it does not start with `infra logs \(app) --target azure`."
            )
        }
    }
}
