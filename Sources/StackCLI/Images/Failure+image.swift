import Deployment
import Images

extension Failure {
    /// What is wrong with an image on this machine, and what to do.
    static func image(_ error: ImageError) -> Failure {
        switch error {
        case .unreadable(let path, let reason):
            Failure("'\(path)' cannot be read: \(reason).", "Check that it is there, and who may read it.")
        case .unwritable(let path, let reason):
            Failure("'\(path)' cannot be written: \(reason).", "Check who owns the folder, or choose another --output.")
        case .diskFull(let path):
            diskFull(path)
        case .noMemory: Failure("There is no memory left to compress the image in.")
        case .unsuitable(let path, let reason): unsuitable(path, reason)
        case .noCertificates(let places):
            Failure(
                "This machine has no certificates of authorities: looked for \(places.joined(separator: ", ")).",
                "Install ca-certificates, or name a file with --certificates."
            )
        case .unusableName(let name):
            Failure("'\(name)' does not fit into an image: a path has 100 bytes at most, a file 8 GiB.")
        case .occupied(let path):
            Failure("'\(path)' holds something else than an image.", "Choose another folder with --output.", code: 64)
        case .noLayout(let path):
            Failure("There is no image in '\(path)'.", "Build it first with `infra image build`.")
        case .damagedLayout(let path, let reason):
            Failure("The image in '\(path)' is damaged: \(reason).", "Build it again with `infra image build`.")
        case .noSuchTag(let tag, let known):
            Failure("The layout has no image '\(tag)'. It has: \(known.joined(separator: ", ")).")
        }
    }

    /// The disk has no room for a file or a folder that a command writes whole or not at all.
    static func diskFull(_ path: String) -> Failure {
        Failure("The disk is full, so '\(path)' was not written.", "Make room, and run the command again.")
    }

    private static func unsuitable(_ path: String, _ reason: ImageError.Unsuitability) -> Failure {
        switch reason {
        case .other(let kind):
            Failure(
                "'\(path)' is \(kind), and an image holds a program for Linux.",
                "Name one with --binary that was built on Linux, or build there without --binary."
            )
        case .otherMachine(let found, let wanted):
            Failure(
                "'\(path)' is for \(found?.rawValue ?? "another machine"), and the image is to be for \(wanted).",
                found.map { "Build it on \(wanted), or make an image for --architecture \($0)." }
                    ?? "Build it on \(wanted)."
            )
        case .dynamic(let loader):
            Failure(
                "'\(path)' needs \(loader) to start, and the image holds nothing but the program.",
                "Build it with -Xswiftc -static-executable, or leave out --binary to have it built so."
            )
        }
    }

    /// What went wrong between here and a registry, and what to do.
    init(_ error: RegistryError, at reference: ImageReference, identity: RegistrySession.Identity) {
        self.init(error.message(at: reference).onOneLine, Self.remedy(of: error, reference, identity))
    }

    private static func remedy(
        of error: RegistryError,
        _ reference: ImageReference,
        _ identity: RegistrySession.Identity
    ) -> String {
        switch error {
        case .unauthorized: return signIn(reference.host, identity)
        case .forbidden:
            let right = identity == .azure ? "the role AcrPush on the registry" : "the right to push"
            return "Have somebody give you \(right), or sign in as somebody else."
        case .missing: return "Check --to, or create it there."
        case .throttled(let wait):
            let when = wait.map { "in \(Elapsed.words($0))" } ?? "later"
            return "Run the command again \(when): what was sent stays there."
        case .failing:
            return "Run the command again later: what was sent stays there. Of your own registry, check disk and log."
        case .unreachable: return "Check --to and the network."
        case .refused, .unexpected: return "Check --to."
        case .untrusted: return "Nothing was sent there. Check --to, and who runs the registry."
        case .stalled: return "Run the command again: what was sent whole stays there."
        }
    }

    private static func signIn(_ host: String, _ identity: RegistrySession.Identity) -> String {
        switch identity {
        case .azure: "Check that it is a registry of the tenant you are signed in to, and takes Microsoft Entra tokens."
        case .docker: "Sign in again with `docker login \(host)`: the password in its file is not the right one."
        case .helper:
            "Docker keeps its password with a helper, which is not asked. Put it into `auths` of a config.json, and "
                + "name its folder in DOCKER_CONFIG."
        case .nobody: "Sign in with `docker login \(host)`, or put the password into ~/.docker/config.json."
        }
    }
}
