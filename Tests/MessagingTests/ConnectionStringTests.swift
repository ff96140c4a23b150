import Messaging
import Settings
import Testing

@Suite struct ConnectionStringTests {
    @Test func `a string of Azure leads to its namespace over TLS`() throws {
        let text =
            "Endpoint=sb://name.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=a+b/c==;EntityPath=jobs"
        let connection = try ConnectionString(parsing: SecretValue(text))
        #expect(connection.endpoint == BusEndpoint(scheme: .https, host: "name.servicebus.windows.net"))
        #expect(connection.keyName == "send")
        #expect(connection.key == SecretValue("a+b/c=="))
        #expect(connection.entityPath == "jobs")
    }

    @Test func `a string of the emulator leads to its port over plain HTTP`() throws {
        let text = "endpoint=sb://127.0.0.1:5300;SHAREDACCESSKEYNAME=k;sharedaccesskey=s;useDevelopmentEmulator=TRUE;"
        let connection = try ConnectionString(parsing: SecretValue(text))
        #expect(connection.endpoint.url == "http://127.0.0.1:5300")
        #expect(connection.entityPath == nil)
    }

    @Test func `what is written is read back`() throws {
        for scheme in [BusEndpoint.Scheme.http, .https] {
            let connection = ConnectionString(
                endpoint: BusEndpoint(scheme: scheme, host: "[::1]", port: 5300),
                keyName: "k",
                key: SecretValue("x=="),
                entityPath: "a/b"
            )
            #expect(try ConnectionString(parsing: connection.text) == connection)
        }
    }

    @Test(
        arguments: [
            ("", [.missing("Endpoint"), .missing("SharedAccessKeyName"), .missing("SharedAccessKey")]),
            ("Endpoint=sb://h;SharedAccessKeyName=k", [.missing("SharedAccessKey")]),
            ("Endpoint=sb://h;SharedAccessKeyName=;SharedAccessKey=s", [.empty("SharedAccessKeyName")]),
            ("Endpoint=h;SharedAccessKeyName=k;SharedAccessKey=s", [.badEndpoint]),
            ("Endpoint=sb://h:x;SharedAccessKeyName=k;SharedAccessKey=s", [.badEndpoint]),
            ("Endpoint=sb://h:0;SharedAccessKeyName=k;SharedAccessKey=s", [.badEndpoint]),
            ("Endpoint=sb://a b;SharedAccessKeyName=k;SharedAccessKey=s", [.badEndpoint]),
            ("Endpoint=sb://u@h/p;SharedAccessKeyName=k;SharedAccessKey=s", [.badEndpoint]),
            ("Endpoint=sb://h;endpoint=sb://i;SharedAccessKeyName=k;SharedAccessKey=s", [.duplicate("endpoint")]),
            (
                "Endpoint=sb://h;SharedAccessKeyName=k;SharedAccessKey=s;UseDevelopmentEmulator=1",
                [.badFlag("UseDevelopmentEmulator")]
            ),
            (
                "rubbish;=x;Endpoint=ftp://h",
                [
                    .malformedPart(1), .malformedPart(2), .badEndpoint, .missing("SharedAccessKeyName"),
                    .missing("SharedAccessKey"),
                ]
            ),
        ] as [(String, [ConnectionStringError.Problem])]
    )
    func `all that is wrong is told at once`(text: String, problems: [ConnectionStringError.Problem]) {
        let error = #expect(throws: ConnectionStringError.self) { try ConnectionString(parsing: SecretValue(text)) }
        #expect(error?.problems == problems)
    }

    @Test func `no description shows the key`() throws {
        let key = "v3ryS3cret"
        let broken = SecretValue("\(key);SharedAccessKey=\(key);Endpoint=\(key)")
        let error = try #require(throws: ConnectionStringError.self) { try ConnectionString(parsing: broken) }
        #expect(!"\(error)".contains(key))
        let sound = try ConnectionString(
            parsing: SecretValue("Endpoint=sb://h;SharedAccessKeyName=k;SharedAccessKey=\(key)")
        )
        #expect(!"\(sound) \(sound.text)".contains(key))
    }
}
