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
}
