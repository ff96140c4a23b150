import Artifacts
import Foundation
import SystemPackage
import TestInstruments
import Testing
import ValidatorTools

/// What archives are made of; whole ones are held against the tools of others where packages and images are tested.
struct ArchiveTests {
    @Test(arguments: [DeflateStream.Frame.none, .gzip])
    func `the same bytes are compressed to the same, however they are cut`(frame: DeflateStream.Frame) throws {
        var generator = SeededGenerator(seed: 7)
        // Some that cannot be compressed, and some that can.
        let noise = (0..<300_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let bytes = noise + [UInt8](repeating: 7, count: 2_000_000)
        func compressed(by length: (inout SeededGenerator) -> Int) throws -> [UInt8] {
            var stream = try DeflateStream(frame)
            var result: [UInt8] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = Array(rest.prefix(length(&generator)))
                rest = rest.dropFirst(piece.count)
                result += stream.compress(piece)
            }
            return result + stream.finish()
        }
        let whole = try compressed { _ in bytes.count }
        #expect(whole.count < 310_000)
        for _ in 0..<5 {
            #expect(try compressed { Int.random(in: 1...70_000, using: &$0) } == whole)
        }
    }

    @Test func `Python reads what was compressed, with a frame and without`() async throws {
        try await Validators.withFolder(of: [("readme", "")]) { folder in
            for (frame, bits) in [(DeflateStream.Frame.none, "-15"), (.gzip, "31")] {
                var stream = try DeflateStream(frame)
                let text = String(repeating: "All work and no play. ", count: 10_000)
                let packed = stream.compress(Array(text.utf8)) + stream.finish()
                try Data(packed).write(to: URL(filePath: "\(folder)/packed"))
                let script = """
                    import sys, zlib
                    sys.stdout.buffer.write(zlib.decompress(open(sys.argv[1], "rb").read(), int(sys.argv[2])))
                    """
                let verdict = try await Validators.tool("python3", ["-c", script, "packed", bits], in: folder)
                #expect(verdict.words == text)
            }
        }
    }

    @Test func `a header of tar has room for so much and no more`() {
        let contents = FileContents.bytes([])
        let name = String(repeating: "a", count: 100)
        #expect(TarHeader(.file(name, contents), size: (1 << 33) - 1)?.bytes.count == 512)
        #expect(TarHeader(.file(name, contents), size: 1 << 33) == nil)
        #expect(TarHeader(.file(name + "a", contents), size: 0) == nil)
        // The slash of a folder counts.
        #expect(TarHeader(.folder(name), size: 0) == nil)
    }

    @Test func `a file that no zip archive can hold is refused before it is read`() async throws {
        try await Validators.withFolder(of: [("sparse", "")]) { folder in
            let sparse = "\(folder)/sparse"
            let truncated = try await Validators.tool("truncate", ["--size=4294967295", sparse], in: folder)
            try #require(truncated.isAccepted, "\(truncated.words)")
            let place = FilePath("\(folder)/archive.zip")
            #expect(throws: ArtifactError.tooLarge(path: "\(place)")) {
                try PlatformReplacement.replace(place) { file in
                    var archive = ZipWriter(to: file, path: "\(place)")
                    try archive.add("sparse", isExecutable: false, .copy(of: sparse))
                }
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["sparse"])
        }
    }

    @Test func `a file that becomes shorter while it is read is told`() async throws {
        try await Validators.withFolder(of: [("file", "")]) { folder in
            let path = "\(folder)/file"
            try Data(count: SourceFile.pieceLength + 10).write(to: URL(filePath: path))
            let file = try SourceFile(path)
            defer { file.close() }
            var pieces: [Int] = []
            #expect(throws: ArtifactError.unreadable(path: path, reason: "it became shorter")) {
                try file.forEachPiece { piece in
                    pieces.append(piece.count)
                    let descriptor = try FileDescriptor.open(FilePath(path), .writeOnly)
                    try descriptor.closeAfter { try descriptor.resize(to: Int64(SourceFile.pieceLength + 9)) }
                }
            }
            #expect(pieces == [SourceFile.pieceLength])
        }
    }
}
