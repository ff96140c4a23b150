import Settings
import Testing

@testable import Redis

@Suite struct RedisAddressTests {
    @Test(
        arguments: [
            ("redis://localhost", RedisAddress(host: "localhost")),
            ("redis://localhost:6380/0", RedisAddress(host: "localhost", port: 6380)),
            ("REDIS://h/15", RedisAddress(host: "h", database: 15)),
            ("rediss://:p%40ss@h:1/", RedisAddress(host: "h", port: 1, password: SecretValue("p@ss"), usesTLS: true)),
            ("redis://me:a:b@h", RedisAddress(host: "h", user: "me", password: SecretValue("a:b"))),
            ("redis://:a@b@h", RedisAddress(host: "h", password: SecretValue("a@b"))),
            ("redis://[::1]:6379/2", RedisAddress(host: "::1", database: 2)),
        ]
    )
    func `an address is read`(text: String, address: RedisAddress) throws {
        #expect(try RedisAddress(parsing: SecretValue(text)) == address)
    }

    @Test(
        arguments: [
            ("", .scheme), ("localhost", .scheme), ("http://h", .scheme), ("redis://", .host), ("redis://h:x", .port),
            ("redis://h:0", .port), ("redis://h:70000", .port), ("redis://h/x", .database), ("redis://h/-1", .database),
            ("redis://h?x=1", .database), ("redis://a b", .host), ("redis://[::1", .host),
            ("redis://user@h", .credentials),
            ("redis://:%zz@h", .credentials), ("redis://h\r\nFLUSHALL", .host),
        ] as [(String, RedisAddressError.Part)]
    )
    func `what is no address is told by its part`(text: String, part: RedisAddressError.Part) {
        #expect(throws: RedisAddressError(part)) { try RedisAddress(parsing: SecretValue(text)) }
    }

    @Test func `an address shows no password`() throws {
        let address = try RedisAddress(parsing: SecretValue("rediss://me:canary@host:1"))
        #expect("\(address)" == "host:1")
        var shown = ""
        dump(address, to: &shown)
        #expect(!shown.contains("canary"))
        let command = RedisCommand("AUTH", "canary")
        #expect("\(command) \(String(reflecting: command))".contains("canary") == false)
    }
}
