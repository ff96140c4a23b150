import Foundation
import ServiceKit
import Settings
import Testing

struct SettingsReaderTests {
    enum Contract: ServiceContract {
        static let executable = "x"
        static let name = Setting<String>("NAME")
        static let key = SecretSetting<String>("KEY")
        static let port = Setting<String>("PORT", required: false)
        static let settings = [name.declaration, key.declaration, port.declaration]
    }

    @Test func `all missing settings are told at once, and an empty one counts as missing`() {
        let reader = SettingsReader(values: ["NAME": ""])
        #expect(throws: SettingsError.missing(["NAME", "KEY"])) { try reader.require(Contract.self) }
    }

    @Test func `a secret stays in its box`() throws {
        let reader = SettingsReader(values: ["NAME": "n", "KEY": "canary"])
        try reader.require(Contract.self)
        let key = try #require(reader.value(of: Contract.key))
        #expect(key.unsafeRevealed == "canary")
        #expect(!"\(key) \(String(reflecting: key))".contains("canary"))
    }

    @Test(arguments: ["x", "-1", "65536", "80 "])
    func `a port must be one`(text: String) {
        #expect(throws: SettingsError.invalid(name: "PORT", expected: "a port number from 0 to 65535")) {
            try SettingsReader(values: ["PORT": text]).port(Contract.port, default: 1)
        }
    }

    // MARK: Files

    /// Which place a setting comes from when all from this one on have it.
    @Test(arguments: ["environment", "named file", "credential", ".env", "local.settings.json"])
    func `the environment comes first, then secret files, then the files of a developer`(first: String) async throws {
        let places = ["environment", "named file", "credential", ".env", "local.settings.json"]
        try await withFolder { folder in
            var environment: [String: String] = [:]
            for place in places.drop(while: { $0 != first }) {
                switch place {
                case "environment": environment["NAME"] = place
                case "named file":
                    environment["NAME_FILE"] = try folder.write(place, to: "some-file")
                case "credential":
                    try folder.write(place, to: "credentials/NAME")
                    environment["CREDENTIALS_DIRECTORY"] = folder.path + "/credentials"
                case ".env": try folder.write("NAME=\(place)", to: ".env")
                default: try folder.write(#"{"Values":{"NAME":"\#(place)"}}"#, to: "local.settings.json")
                }
            }
            let reader = try await SettingsReader(environment: environment, folder: folder.path)
            #expect(reader.value(of: Contract.name) == first)
        }
    }

    @Test(
        arguments: [
            ("v", "v"), ("v\n", "v"), ("v\r\n", "v"), ("v\n\n", "v\n"), (" v ", " v "), ("a\nb", "a\nb"),
            ("größe 🙂 $x `y` \"", "größe 🙂 $x `y` \""), ("", nil), ("\n", nil),
        ] as [(String, String?)]
    )
    func `a file holds the value and at most one newline after it`(text: String, value: String?) async throws {
        try await withFolder { folder in
            let path = try folder.write(text, to: "k")
            let named = try await SettingsReader(environment: ["KEY_FILE": path], folder: folder.path)
            #expect(named.value(of: Contract.key)?.unsafeRevealed == value)
            try folder.write(text, to: "KEY")
            let loaded = try await SettingsReader(
                environment: ["CREDENTIALS_DIRECTORY": folder.path],
                folder: folder.path
            )
            #expect(loaded.value(of: Contract.key)?.unsafeRevealed == value)
        }
    }

    @Test func `files that cannot be read are told by the variables that name them, and by nothing else`() async throws
    {
        try await withFolder { folder in
            let environment = [
                "NAME_FILE": folder.path + "/canary-is-missing", "PORT_FILE": folder.path,
                "KEY_FILE": try folder.write([0x63, 0x61, 0x6E, 0xFF], to: "k"),
            ]
            let reader = try await SettingsReader(environment: environment, folder: folder.path)
            let error = #expect(throws: SettingsError.self) { try reader.require(Contract.self) }
            let found = try #require(error)
            #expect(found == .unreadableFiles(variables: ["NAME_FILE", "KEY_FILE", "PORT_FILE"]))
            #expect(!found.description.contains("canary"))
            #expect(reader.value(of: Contract.name) == nil)
        }
    }

    @Test func `a file that is named for a setting with a value is left alone`() async throws {
        try await withFolder { folder in
            let environment = ["NAME": "n", "NAME_FILE": "/nowhere", "KEY": "k", "PORT_FILE": "", "OTHER_FILE": "/x"]
            let reader = try await SettingsReader(environment: environment, folder: folder.path)
            try reader.require(Contract.self)
            #expect(reader.value(of: Contract.name) == "n")
            #expect(reader.value(of: Contract.port) == nil)
        }
    }

    @Test func `a folder of credentials without one for a setting is no mistake`() async throws {
        try await withFolder { folder in
            let environment = ["CREDENTIALS_DIRECTORY": folder.path, "NAME": "n"]
            let reader = try await SettingsReader(environment: environment, folder: folder.path)
            #expect(throws: SettingsError.missing(["KEY"])) { try reader.require(Contract.self) }
        }
    }

    private func withFolder(_ body: (Folder) async throws -> Void) async throws {
        let folder = Folder(path: FileManager.default.temporaryDirectory.path + "/slipway-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        try await body(folder)
    }
}

private struct Folder {
    let path: String

    @discardableResult func write(_ text: String, to name: String) throws -> String {
        try write(Array(text.utf8), to: name)
    }

    func write(_ bytes: [UInt8], to name: String) throws -> String {
        let file = URL(filePath: path).appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(bytes).write(to: file)
        return file.path
    }
}
