import Testing

@testable import ServiceKit

struct ServiceManagerRequestTests {
    @Test(arguments: [
        ("/run/notify", Array("/run/notify\0".utf8)), ("@name", Array("\0name".utf8)),
        ("@" + String(repeating: "a", count: 106), [0] + Array(repeating: UInt8(ascii: "a"), count: 106)),
    ])
    func `a path ends with a zero and an abstract name begins with one`(text: String, bytes: [UInt8]) {
        #expect(NotifyAddress(parsing: text)?.bytes == bytes)
    }

    @Test(arguments: ["", "/", "@", "vsock:2:1234", "relative", "/" + String(repeating: "a", count: 107)])
    func `any other address is none`(text: String) {
        #expect(NotifyAddress(parsing: text) == nil)
        #expect(request(["NOTIFY_SOCKET": text]) == nil)
    }

    @Test func `nobody asks where there is no address`() {
        #expect(request([:]) == nil)
    }

    @Test(
        arguments: [
            ([:], nil), (["WATCHDOG_USEC": "30000000"], .seconds(30)),
            (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"], .seconds(30)),
            (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "8"], nil), (["WATCHDOG_USEC": "0"], nil),
            (["WATCHDOG_USEC": "-1"], nil), (["WATCHDOG_USEC": "soon"], nil),
        ] as [([String: String], Duration?)]
    )
    func `a watchdog is one that is meant for this process`(variables: [String: String], watchdog: Duration?) {
        let request = request(variables.merging(["NOTIFY_SOCKET": "/n"]) { $1 })
        #expect(request?.address == NotifyAddress(parsing: "/n"))
        #expect(request?.watchdog == watchdog)
    }

    private func request(_ variables: [String: String]) -> ServiceManagerRequest? {
        ServiceManagerRequest(processID: 7) { variables[$0] }
    }
}

struct InheritedSocketTests {
    @Test(arguments: [[:], ["LISTEN_FDS": "1"], ["LISTEN_PID": "8", "LISTEN_FDS": "1"], ["LISTEN_PID": "7"]])
    func `a socket for nobody or for another process is none`(variables: [String: String]) throws {
        #expect(try InheritedSocket(processID: 7) { variables[$0] } == nil)
    }

    @Test func `the first descriptor is the third`() throws {
        let variables = ["LISTEN_PID": "7", "LISTEN_FDS": "1"]
        #expect(try InheritedSocket(processID: 7) { variables[$0] }?.descriptor == 3)
    }

    @Test(arguments: ["2", "-1", "x"])
    func `more than one socket is a mistake`(count: String) {
        let variables = ["LISTEN_PID": "7", "LISTEN_FDS": count]
        #expect(throws: SettingsError.self) { try InheritedSocket(processID: 7) { variables[$0] } }
    }

    @Test func `a descriptor that does not listen is refused`() {
        #expect(throws: SettingsError.self) { try InheritedSocket(descriptor: 1).adopt() }
        #expect(throws: SettingsError.self) { try InheritedSocket(descriptor: -1).adopt() }
    }

    @Test(arguments: [(nil, nil), ("", nil), ("1", .seconds(1)), ("300", .seconds(300))] as [(String?, Duration?)])
    func `the limit of idleness is in seconds`(text: String?, limit: Duration?) throws {
        #expect(try IdleExit.limit { _ in text } == limit)
    }

    @Test(arguments: ["0", "-1", "5m", "86401"])
    func `a limit that makes no sense is refused`(text: String) {
        #expect(throws: SettingsError.self) { try IdleExit.limit { _ in text } }
    }
}
