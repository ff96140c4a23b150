import Images
import Packaging
import Testing

@testable import StackCLI

/// What is said of images, registries and packages that fail.
struct ArtifactFailureTests {
    private static func words(_ error: RegistryError, _ identity: RegistrySession.Identity) throws -> String {
        let reference = try #require(ImageReference("shop.azurecr.io/chat:1"))
        return Failure(error, at: reference, identity: identity).description
    }

    @Test(arguments: [
        (
            RegistryError.unauthorized(said: "UNAUTHORIZED: no\u{1B}[2J"), RegistrySession.Identity.docker,
            """
            shop.azurecr.io does not accept the credential (UNAUTHORIZED: no).
            Sign in again with `docker login shop.azurecr.io`: the password in its file is not the right one.
            """
        ),
        (
            .unauthorized(said: nil), .azure,
            """
            shop.azurecr.io does not accept the credential.
            Check that it is a registry of the tenant you are signed in to, and takes Microsoft Entra tokens.
            """
        ),
        (
            .forbidden(said: "DENIED: no"), .azure,
            """
            shop.azurecr.io does not let you push to 'chat' (DENIED: no).
            Have somebody give you the role AcrPush on the registry, or sign in as somebody else.
            """
        ),
        (
            .forbidden(said: nil), .docker,
            """
            shop.azurecr.io does not let you push to 'chat'.
            Have somebody give you the right to push, or sign in as somebody else.
            """
        ),
        (
            .throttled(wait: .seconds(90)), .azure,
            """
            shop.azurecr.io gets too many requests.
            Run the command again in 1 min 30 s: what was sent stays there.
            """
        ),
        (
            .throttled(wait: nil), .azure,
            """
            shop.azurecr.io gets too many requests.
            Run the command again later: what was sent stays there.
            """
        ),
        (
            .failing(status: 500, said: nil), .azure,
            """
            shop.azurecr.io has a problem of its own: HTTP 500.
            Run the command again later: what was sent stays there. Of your own registry, check disk and log.
            """
        ),
    ])
    func `each answer of a registry is one message and what to do`(
        error: RegistryError,
        identity: RegistrySession.Identity,
        words: String
    ) throws {
        #expect(try Self.words(error, identity) == words)
    }

    @Test func `a full disk is said in the same words, whatever was to be written`() {
        let words = "The disk is full, so 'out' was not written.\nMake room, and run the command again."
        #expect(Failure(ImageError.diskFull(path: "out")).description == words)
        #expect(Failure(PackageError.unwritable("out", reason: "", isFull: true)).description == words)
    }

    @Test func `what is no program is called what it is`() {
        #expect(
            Failure(ImageError.unsuitable("a.sh", .other(kind: "a script"))).description == """
                'a.sh' is a script, and an image holds a program for Linux.
                Name one with --binary that was built on Linux, or build there without --binary.
                """
        )
        #expect(
            Failure(PackageError.foreign("a.sh", kind: "a script")).description
                == "'a.sh' is a script. A function app needs a program for Linux on x86-64."
        )
    }
}
