import Azure
import Images
import JSONText
import Settings
import Testing

struct NameTests {
    @Test(arguments: [
        ("registry.example.com/shop/chat-api:1.4.0", "https://registry.example.com"),
        ("shop.azurecr.io/chat-api:latest", "https://shop.azurecr.io"),
        ("localhost:5000/a__b/c---d.e:T_1", "http://localhost:5000"),
        ("127.0.0.1:5000/a:1", "http://127.0.0.1:5000"),
        ("docker.io/library/redis:7", "https://registry-1.docker.io"),
        ("example.com:8443/a:1", "https://example.com:8443"),
    ])
    func `a reference says where its registry is`(text: String, server: String) throws {
        let reference = try #require(ImageReference(text))
        #expect("\(reference)" == text)
        #expect(reference.server.text == server)
    }

    @Test(arguments: [
        "", "chat-api:1", "shop/chat-api:1", "example.com/chat-api", "example.com/Chat:1", "example.com/a..b:1",
        "example.com/-a:1", "example.com//a:1", "example.com/a:", "example.com/a:.1", "example.com/a___b:1",
        "example.com/a:1/b", "user@example.com/a:1", "example.com/a b:1", "example.com/a/:1", "https://example.com/a:1",
    ])
    func `what is no reference is none`(text: String) {
        #expect(ImageReference(text) == nil)
    }

    @Test func `registries of Azure are known by their hosts`() {
        #expect(AzureRegistry.cloud(ofHost: "shop.azurecr.io") == .public)
        #expect(AzureRegistry.cloud(ofHost: "shop.azurecr.cn") == .china)
        #expect(AzureRegistry.cloud(ofHost: "shop.azurecr.io.example.com") == nil)
        #expect(AzureRegistry.cloud(ofHost: "azurecr.io") == nil)
        #expect(AzureRegistry.cloud(ofHost: "ghcr.io") == nil)
    }

    @Test func `docker's file says who somebody is to a registry`() throws {
        let docker = DockerConfiguration(
            try JSON(
                parsing: """
                    {"auths": {
                        "ghcr.io": {"auth": "YW5uYTpwYXNzOndvcmQ="},
                        "https://index.docker.io/v1/": {"username": "anna", "password": "x"},
                        "shop.azurecr.io": {"auth": "MDA6", "identitytoken": "t0ken"},
                        "empty.example": {}, "broken.example": {"auth": "%%%"}
                    }, "credHelpers": {"helped.example": "pass"}}
                    """
            )
        )
        guard case .password("anna", SecretValue("pass:word")) = docker.credential(for: "ghcr.io"),
            case .password("anna", SecretValue("x")) = docker.credential(for: "docker.io"),
            case .refreshToken(SecretValue("t0ken")) = docker.credential(for: "shop.azurecr.io")
        else {
            Issue.record("a credential is not found")
            return
        }
        for host in ["empty.example", "broken.example", "nobody.example"] {
            #expect(docker.credential(for: host) == nil)
        }
        #expect(docker.leavesToHelper("helped.example"))
        #expect(!docker.leavesToHelper("ghcr.io"))
    }

    @Test func `names and passwords are taken out of addresses`() {
        #expect("https://me:secret@example.com/a@b".withoutUserInformation == "https://example.com/a@b")
        #expect("https://example.com/a@b".withoutUserInformation == "https://example.com/a@b")
        #expect("git@github.com:me/it.git".withoutUserInformation == "git@github.com:me/it.git")
    }
}
