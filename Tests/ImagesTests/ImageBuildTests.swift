import Images
import JSONText
import Testing
import ValidatorTools

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite(.enabled(if: SampleProgram.compilerIsExpected, SampleProgram.noCompiler))
struct ImageBuildTests {
    private static func inFolder(_ body: (String) async throws -> Void) async throws {
        try await Validators.withFolder(of: [("empty", "")], body)
    }

    @Test func `the same inputs give the same bytes, wherever and whenever they are`() async throws {
        try await Self.inFolder { folder in
            let program = try await SampleProgram.compile(in: folder)
            let copy = "\(folder)/another-name"
            try FileManager.default.copyItem(atPath: program, toPath: copy)
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1), .posixPermissions: 0o700],
                ofItemAtPath: copy
            )
            let first = try ImageBuild.build(.sample(program, in: folder), at: "\(folder)/first")
            let second = try ImageBuild.build(.sample(copy, in: folder), at: "\(folder)/second")
            #expect(first == second)
            let verdict = try await Tools.run("diff", ["-r", "first", "second"], in: folder)
            #expect(verdict.isAccepted, "\(verdict.words)")
        }
    }

    @Test func `an image of another version of the program is another, and shares what is below it`() async throws {
        try await Self.inFolder { folder in
            let program = try await SampleProgram.compile(in: folder)
            let first = try ImageBuild.build(.sample(program, in: folder), at: "\(folder)/image")
            let before = Set(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/image/blobs/sha256"))
            let other = try await SampleProgram.compile(in: folder, name: "other", flags: ["-static", "-O3", "-g"])
            let second = try ImageBuild.build(.sample(other, in: folder), at: "\(folder)/image")
            let after = Set(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/image/blobs/sha256"))
            #expect(first.image.digest != second.image.digest)
            // The foundation, and the empty configuration of the list of materials.
            #expect(before.intersection(after).count == 2)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix("image") } == [
                    "image"
                ]
            )
        }
    }

    @Test func `tar and gzip read the layers back`() async throws {
        try await Self.inFolder { folder in
            let program = try await SampleProgram.compile(in: folder)
            _ = try ImageBuild.build(.sample(program, in: folder), at: "\(folder)/image")
            let layout = try ImageLayout(reading: "\(folder)/image")
            let layers = try layout.layers()
            var listing = ""
            for layer in layers {
                let checked = try await Tools.run("sh", ["-c", "gzip -t < '\(layer)'"], in: folder)
                #expect(checked.isAccepted, "\(checked.words)")
                let verdict = try await Tools.run("tar", ["--numeric-owner", "--utc", "-tvzf", layer], in: folder)
                #expect(verdict.isAccepted, "\(verdict.words)")
                listing += verdict.words
            }
            let lines = listing.split(separator: "\n").map {
                $0.split(separator: " ", omittingEmptySubsequences: true)
            }
            let size = try #require(try FileManager.default.attributesOfItem(atPath: program)[.size] as? Int)
            let facts = lines.map { "\($0[0]) \($0[1]) \($0[2]) \($0.last ?? "")" }
            #expect(
                facts == [
                    "drwxr-x--- 10001/10001 0 data/", "drwxr-xr-x 0/0 0 etc/", "-rw-r--r-- 0/0 27 etc/group",
                    "-rw-r--r-- 0/0 82 etc/passwd", "drwxr-xr-x 0/0 0 etc/ssl/", "drwxr-xr-x 0/0 0 etc/ssl/certs/",
                    "-rw-r--r-- 0/0 59 etc/ssl/certs/ca-certificates.crt", "drwxrwxrwt 0/0 0 tmp/",
                    "drwxr-xr-x 0/0 0 app/", "-rwxr-xr-x 0/0 \(size) app/Hello",
                ]
            )
            #expect(lines.allSatisfy { $0[3] == "1970-01-01" && $0[4] == "00:00" })
        }
    }

    @Test(.enabled(if: Tools.areThere("skopeo", "umoci"), Tools.missing))
    func `the tools of others inspect, copy and unpack the image, and it runs`() async throws {
        try await Self.inFolder { folder in
            let program = try await SampleProgram.compile(in: folder)
            let outcome = try ImageBuild.build(.sample(program, in: folder), at: "\(folder)/image")
            let inspected = try await Tools.run("skopeo", ["inspect", "oci:image:1.0.0"], in: folder)
            try #require(inspected.isAccepted, "\(inspected.words)")
            let facts = try JSON(parsing: inspected.words)
            #expect(facts["Digest"] == .string("\(outcome.image.digest)"))
            #expect(facts["Os"] == "linux")
            #expect(
                facts["Labels"] == [
                    "org.opencontainers.image.revision": "0123456789abcdef",
                    "org.opencontainers.image.source": "https://example.com/hello",
                    "org.opencontainers.image.title": "hello",
                    "org.opencontainers.image.version": "1.0.0",
                ]
            )
            let configured = try await Tools.run("skopeo", ["inspect", "--config", "oci:image:1.0.0"], in: folder)
            let configuration = try JSON(parsing: configured.words)["config"]
            #expect(configuration?["User"] == "10001:10001")
            #expect(configuration?["Entrypoint"] == ["/app/Hello"])
            #expect(configuration?["ExposedPorts"] == ["8000/tcp": [:]])
            let copied = try await Tools.run("skopeo", ["copy", "oci:image:1.0.0", "oci:copy:1"], in: folder)
            #expect(copied.isAccepted, "\(copied.words)")
            let unpacked = try await Tools.run("umoci", ["unpack", "--image", "image:1.0.0", "bundle"], in: folder)
            try #require(unpacked.isAccepted, "\(unpacked.words)")
            let said = try await Tools.run(
                "env",
                ["PORT=8000", "/usr/sbin/chroot", "--userspec=10001:10001", "bundle/rootfs", "/app/Hello"],
                in: folder
            )
            #expect(said.words == "/app/Hello 10001 10001 8000 trusts\n")
        }
    }

    @Test(.enabled(if: Tools.areThere("skopeo", "umoci"), Tools.missing))
    func `a layer that was changed afterwards is seen by others, and by the layout itself`() async throws {
        try await Self.inFolder { folder in
            let program = try await SampleProgram.compile(in: folder)
            _ = try ImageBuild.build(.sample(program, in: folder), at: "\(folder)/image")
            let layer = try #require(try ImageLayout(reading: "\(folder)/image").layers().last)
            var bytes = try Data(contentsOf: URL(filePath: layer))
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: URL(filePath: layer))
            let copied = try await Tools.run("skopeo", ["copy", "oci:image:1.0.0", "oci:copy:1"], in: folder)
            #expect(!copied.isAccepted)
        }
    }

    @Test func `a program that needs a loader is refused with the loader's name`() async throws {
        try await Self.inFolder { folder in
            let program = try await SampleProgram.compile(in: folder, flags: [])
            let error = #expect(throws: ImageError.self) {
                try ImageBuild.build(.sample(program, in: folder), at: "\(folder)/image")
            }
            guard case .unsuitable(program, .dynamic(let loader)) = error else {
                Issue.record("\(error as Any)")
                return
            }
            #expect(loader.contains("ld-linux"))
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/image"))
        }
    }

    @Test func `a program that is static and placed anywhere is taken`() async throws {
        try await Self.inFolder { folder in
            let program = try await SampleProgram.compile(in: folder, flags: ["-static-pie"])
            #expect(throws: Never.self) {
                try ImageBuild.build(.sample(program, in: folder), at: "\(folder)/image")
            }
        }
    }

    @Test func `a program of another machine is refused`() async throws {
        let current = try #require(Architecture.current)
        try await Self.inFolder { folder in
            let program = try await SampleProgram.compile(in: folder)
            var bytes = try Data(contentsOf: URL(filePath: program))
            let other: (machine: UInt8, name: Architecture) = bytes[18] == 62 ? (183, .arm64) : (62, .amd64)
            bytes[18] = other.machine
            try bytes.write(to: URL(filePath: program))
            #expect(throws: ImageError.unsuitable(program, .otherMachine(other.name, wanted: current))) {
                try ImageBuild.build(.sample(program, in: folder), at: "\(folder)/image")
            }
            bytes[18] = 8
            try bytes.write(to: URL(filePath: program))
            #expect(throws: ImageError.unsuitable(program, .otherMachine(nil, wanted: current))) {
                try ImageBuild.build(.sample(program, in: folder), at: "\(folder)/image")
            }
        }
    }

    @Test(arguments: [
        ("", "an empty file"), ("#!/bin/sh\necho hello\n", "a script"),
        (String(repeating: "\u{7F}ELF", count: 40), "a damaged program"),
    ])
    func `a file that is no program is refused`(contents: String, kind: String) async throws {
        try await Validators.withFolder(of: [("program", contents)]) { folder in
            let program = "\(folder)/program"
            #expect(throws: ImageError.unsuitable(program, .other(kind: kind))) {
                try ImageBuild.build(.sample(program, in: folder), at: "\(folder)/image")
            }
        }
    }

    @Test func `no beginning of a program makes the check fail otherwise than in words`() async throws {
        try await Self.inFolder { folder in
            let program = try await SampleProgram.compile(in: folder)
            let whole = try Data(contentsOf: URL(filePath: program))
            for count in stride(from: 0, through: 600, by: 7) {
                var bytes = whole.prefix(count)
                if count > 40 { bytes[count % 40 + 16] = 0xFF }
                let part = "\(folder)/part"
                try Data(bytes).write(to: URL(filePath: part))
                // A program that is cut may still say that it is static: nothing is promised of what follows.
                do {
                    _ = try ImageBuild.build(.sample(part, in: folder), at: "\(folder)/image")
                } catch is ImageError {
                }
            }
        }
    }

    @Test func `a folder with other things in it is left alone`() async throws {
        try await Self.inFolder { folder in
            let program = try await SampleProgram.compile(in: folder)
            #expect(throws: ImageError.occupied(path: folder)) {
                try ImageBuild.build(.sample(program, in: folder), at: folder)
            }
        }
    }

    @Test func `a machine without certificates is told so`() async throws {
        try await Validators.withFolder(of: [("certificates.pem", "none")]) { folder in
            let places = ["\(folder)/nowhere", "\(folder)/certificates.pem"]
            #expect(throws: ImageError.noCertificates(places)) { try ImageBuild.certificates(among: places) }
            let bundle = try SampleProgram.certificates(in: folder)
            #expect(try ImageBuild.certificates(among: ["\(folder)/nowhere", bundle]) == bundle)
        }
    }
}

extension ImageLayout {
    /// The files of the layers of the only image.
    fileprivate func layers() throws -> [String] {
        let blobs = "\(path)/blobs/sha256/"
        let manifest = try JSON(parsing: Data(contentsOf: URL(filePath: blobs + image().digest.hexadecimal)))
        return try (manifest["layers"]?.array ?? []).map { layer in
            blobs + (try #require(layer["digest"]?.string)).dropFirst("sha256:".count)
        }
    }
}
