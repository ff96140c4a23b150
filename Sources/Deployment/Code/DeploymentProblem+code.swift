import Images
package import Planning

extension DeploymentProblem {
    /// Why an image is not in its registry, and what to do about it.
    init(_ error: RegistryError, at reference: ImageReference) {
        let again = "Run the command again: what was sent stays there."
        let (code, remedy) =
            switch error {
            case .unauthorized:
                (
                    "RegistryUnauthorized",
                    "Check that it takes Microsoft Entra tokens, and is of the tenant that you are signed in to."
                )
            case .forbidden:
                (
                    "RegistryForbidden",
                    """
                    Have somebody give you the role AcrPush on the registry, or Container Registry Repository Writer where \
                    it has roles for repositories, and run the command again.
                    """
                )
            case .missing: ("RegistryMissing", again)
            case .throttled: ("RegistryThrottled", again)
            case .failing: ("RegistryFailing", again)
            case .refused: ("RegistryRefused", "Check the name and tag of the image in the stack.")
            case .unreachable: ("RegistryUnreachable", "Check the network, and run the command again.")
            case .unexpected: ("RegistryUnexpected", again)
            case .untrusted: ("RegistryUntrusted", "Nothing was sent there. Check who runs the registry.")
            case .stalled: ("RegistryStalled", again)
            }
        self.init(code: code, message: error.message(at: reference), request: "push \(reference)", remedy: remedy)
    }

    /// What this machine has no room or no right for when code passes through it, and what to do about it.
    init(_ error: ImageError) {
        let (code, message) =
            switch error {
            case .diskFull(let path): ("DiskFull", "The disk is full, so '\(path)' was not written.")
            case .unwritable(let path, let reason): ("FileUnwritable", "'\(path)' cannot be written: \(reason).")
            case .unreadable(let path, let reason): ("FileUnreadable", "'\(path)' cannot be read: \(reason).")
            default: ("ImageUnusable", "\(error)")
            }
        self.init(
            code: code,
            message: message,
            request: "",
            remedy: "Make room there, or have TMPDIR name a folder that has some, and run the command again."
        )
    }

    /// Why a package is not in place, and what to do about it.
    package init(_ error: PublishingError) {
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
