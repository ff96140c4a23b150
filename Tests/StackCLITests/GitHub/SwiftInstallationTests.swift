import Subprocess
import SystemPackage
import Testing
import ValidatorTools

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The script that installs Swift for workflows, with an archive and a key of the test's own.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/dpkg-query"), "only on Debian and its kin"))
struct SwiftInstallationTests {
    /// Signs an archive with a key of its own; `swift` of the machine says that it is another version.
    private static let preparation = """
        set -euo pipefail
        mkdir -m 700 bin gnupg server
        printf '#!/bin/sh\\necho "Swift version %s (test)"\\n' "$THERE" >bin/swift
        chmod +x bin/swift
        . /etc/os-release
        machine=
        if [ "$(uname -m)" = aarch64 ]; then machine=-aarch64; fi
        name=swift-9.9.9-RELEASE-$ID$VERSION_ID$machine
        system=$ID$VERSION_ID
        place=server/swift-9.9.9-release/${system//./}$machine/swift-9.9.9-RELEASE
        mkdir -p "$place" "$name/usr/bin"
        echo tool >"$name/usr/bin/swift"
        tar -c -z -f "$place/$name.tar.gz" "$name"
        export GNUPGHOME=$PWD/gnupg
        gpg --quiet --batch --passphrase '' --quick-generate-key test@example.org ed25519 sign never
        gpg --quiet --batch --detach-sign --output "$place/$name.tar.gz.sig" "$place/$name.tar.gz"
        gpg --quiet --batch --armor --export >server/keys.asc
        gpgconf --kill all
        if [ "$DAMAGE" = 1 ]; then echo more >>"$place/$name.tar.gz"; fi
        : >path.txt
        """

    private func run(there: String, damaged: Bool) async throws -> (code: Int32, path: String, words: String) {
        try await Validators.withFolder(of: [("prepare.sh", Self.preparation)]) { folder in
            func bash(_ script: String, _ arguments: String...) async throws -> (Int32, String) {
                let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
                let result = try await Subprocess.run(
                    .name("bash"),
                    arguments: Arguments([script] + arguments),
                    environment: .custom([
                        "PATH": "\(folder)/bin:\(path)", "HOME": folder, "TMPDIR": folder, "THERE": "\(there)",
                        "DAMAGE": damaged ? "1" : "0", "GITHUB_PATH": "\(folder)/path.txt",
                        "SWIFT_DOWNLOADS": "file://\(folder)/server", "SWIFT_KEYS": "file://\(folder)/server/keys.asc",
                    ]),
                    workingDirectory: FilePath(folder),
                    output: .string(limit: 1 << 16),
                    error: .string(limit: 1 << 16)
                )
                guard case .exited(let code) = result.terminationStatus else { return (-1, result.standardError) }
                return (code, result.standardOutput + result.standardError)
            }
            let (prepared, complaint) = try await bash("prepare.sh")
            try #require(prepared == 0, "\(complaint)")
            let script = "\(Validators.package)/.github/actions/infra/install.sh"
            let (code, words) = try await bash(script, "9.9.9")
            return (code, try String(contentsOfFile: "\(folder)/path.txt", encoding: .utf8), words)
        }
    }

    @Test func `an archive that is signed is installed`() async throws {
        let (code, path, words) = try await run(there: "5.0.0", damaged: false)
        #expect(code == 0, "\(words)")
        #expect(path.hasSuffix("/usr/bin\n"))
        #expect(words.contains("Installed Swift 9.9.9"))
    }

    @Test func `an archive that is not as it was signed is not`() async throws {
        let (code, path, words) = try await run(there: "5.0.0", damaged: true)
        #expect(code != 0, "\(words)")
        #expect(path.isEmpty)
    }

    @Test func `a version that is there is enough`() async throws {
        let (code, path, words) = try await run(there: "9.9.9", damaged: true)
        #expect(code == 0, "\(words)")
        #expect(path.isEmpty)
        #expect(words == "Swift 9.9.9 is there\n")
    }
}
