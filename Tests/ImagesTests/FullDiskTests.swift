import Foundation
import Images
import Testing
import ValidatorTools

/// Images on their way to disks that have no room for them.
@Suite(
    .enabled(if: SampleProgram.compilerIsExpected, SampleProgram.noCompiler),
    .enabled(if: SmallDisk.isPossible, SmallDisk.reason)
)
struct FullDiskTests {
    /// Builds an image of a program on a disk, which must fail for want of room and leave things as they were.
    private static func build(_ program: String, in folder: String, on disk: String) throws {
        let before = try FileManager.default.subpathsOfDirectory(atPath: disk).sorted()
        let place = "\(disk)/image"
        #expect(throws: ImageError.diskFull(path: place)) {
            try ImageBuild.build(.sample(program, in: folder), at: place)
        }
        #expect(try FileManager.default.subpathsOfDirectory(atPath: disk).sorted() == before)
    }

    @Test func `a full disk is called that, wherever it happens, and nothing stays on it`() async throws {
        try await Validators.withFolder(of: [("empty", "")]) { folder in
            let program = try await SampleProgram.compile(in: folder)
            // The image takes some 400 kB and 12 files and folders.
            for size in [4096, 8192, 16_384, 65_536, 262_144] {
                try await SmallDisk.mounted(size: size) { try Self.build(program, in: folder, on: $0) }
            }
            for files in 2...12 {
                try await SmallDisk.mounted(size: 4 << 20, files: files) {
                    try Self.build(program, in: folder, on: $0)
                }
            }
            try await SmallDisk.mounted(size: 4 << 20) { disk in
                _ = try ImageBuild.build(.sample(program, in: folder), at: "\(disk)/image")
            }
        }
    }

    @Test func `the image that was there stays whole where there is no room for the new one`() async throws {
        try await Validators.withFolder(of: [("empty", "")]) { folder in
            let program = try await SampleProgram.compile(in: folder)
            try await SmallDisk.mounted(size: 640 << 10) { disk in
                let first = try ImageBuild.build(.sample(program, in: folder), at: "\(disk)/image")
                let other = try await SampleProgram.compile(in: folder, name: "other", flags: ["-static", "-O3", "-g"])
                try Self.build(other, in: folder, on: disk)
                #expect(try ImageLayout(reading: "\(disk)/image").image() == first.image)
            }
        }
    }

    @Test func `a file on its way to a registry leaves nothing on a full disk`() async throws {
        try await Validators.withFolder(of: [("package.zip", String(repeating: "x", count: 100_000))]) { folder in
            for size in [4096, 16_384, 65_536] {
                try await SmallDisk.mounted(size: size) { try Self.keep("\(folder)/package.zip", on: $0) }
            }
        }
    }

    private static func keep(_ file: String, on disk: String) throws {
        let place = "\(disk)/layout"
        #expect(throws: ImageError.diskFull(path: place)) {
            try FileArtifact.layout(of: file, .zip, type: "application/vnd.sample", tag: "1", at: place)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk) == [])
    }
}
