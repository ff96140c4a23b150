import Testing

@testable import Azure

struct WebAddressTests {
    @Test(
        arguments: [
            ("https://management.azure.com", "https://management.azure.com"),
            ("https://Management.Azure.com:443/a/B?c=D", "https://management.azure.com/a/B?c=D"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/"),
            ("https://host?x#fragment", "https://host?x"),
            ("https://[::1]:9/x", "https://[::1]:9/x"),
        ]
    )
    func `an address is read and written`(text: String, expected: String) {
        #expect(WebAddress(text)?.text == expected)
    }

    @Test(
        arguments: [
            "", "/path", "ftp://host/", "https://", "https:///path", "https://user@host/", "https://user:pw@host/",
            "https://host\\@evil/", "https://ho st/", "https://host:0/", "https://host:99999/", "https://host:x/",
            "https://höst/", "https://host/ä", "https://host/\r\nX: y", "https://[::1", "https://a%2Eb/",
        ]
    )
    func `what could be read in two ways is no address`(text: String) {
        #expect(WebAddress(text) == nil)
    }

    @Test(
        arguments: [
            ("https://other/x", "https://other/x"),
            ("/a?b", "https://host:1/a?b"),
            ("?q=1", "https://host:1/one/two?q=1"),
            ("three", "https://host:1/one/three"),
            ("//evil/x", "https://evil/x"),
            ("ftp://host/", nil),
            ("", nil),
        ]
    )
    func `a reference is read where it stands`(reference: String, expected: String?) throws {
        let base = try #require(WebAddress("https://host:1/one/two?old"))
        #expect(base.resolving(reference)?.text == expected)
    }

    @Test(
        arguments: [
            ("https://management.azure.com/x", true), ("https://westus.management.azure.com/x", true),
            ("https://MANAGEMENT.azure.com:443/x", true), ("http://management.azure.com/x", false),
            ("https://management.azure.com:444/x", false), ("https://evilmanagement.azure.com/x", false),
            ("https://management.azure.com.evil.example/x", false), ("https://azure.com/x", false),
        ]
    )
    func `a server covers itself and its subdomains`(other: String, expected: Bool) throws {
        let server = AzureCloud.public.resourceManager
        #expect(server.covers(try #require(WebAddress(other))) == expected)
    }

    @Test func `a path is added to a path`() throws {
        func added(_ base: String, _ more: String) -> String? { WebAddress(base)?.appending(path: more).text }
        #expect(added("https://host", "/a") == "https://host/a")
        #expect(added("https://host/x/?old", "/a") == "https://host/x/a")
        #expect(added("https://host/x/", "") == "https://host/x/")
    }

    @Test func `only encrypted addresses and this machine are confidential`() {
        let addresses = [
            "https://host", "http://127.0.0.1:1", "http://localhost", "http://[::1]", "http://host", "http://1.27.0.1",
        ]
        #expect(addresses.compactMap(WebAddress.init).map(\.isConfidential) == [true, true, true, true, false, false])
    }

    @Test func `a version is added where there is none`() throws {
        let original = try #require(WebAddress("https://host/a?api-version=2024-01-01"))
        func versioned(_ text: String) -> String? { WebAddress(text)?.versioned(like: original).text }
        #expect(versioned("https://host/b") == "https://host/b?api-version=2024-01-01")
        #expect(versioned("https://host/b?t=1") == "https://host/b?t=1&api-version=2024-01-01")
        #expect(versioned("https://host/b?API-Version=1&t=2") == "https://host/b?API-Version=1&t=2")
    }

    @Test func `the eyes see no values of a query but the version`() throws {
        let address = try #require(WebAddress("https://host/op/1?api-version=2024-01-01&t=1&s=secret&flag"))
        #expect(address.redacted == "/op/1?api-version=2024-01-01&t=…&s=…&flag=…")
        #expect("\(address)" == "https://host/op/1?api-version=2024-01-01&t=…&s=…&flag=…")
    }
}
