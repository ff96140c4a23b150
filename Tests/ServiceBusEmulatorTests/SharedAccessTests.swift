import Foundation
import Messaging
import Settings
import Testing
import TestInstruments

@testable import ServiceBusEmulator

@Suite struct SharedAccessTests {
    private static let now = Date(timeIntervalSince1970: 1_767_225_600)
    private let verifier = SharedAccessVerifier(
        keys: [
            SharedAccessKey(name: "k", value: SecretValue("s")),
            SharedAccessKey(name: "reader", value: SecretValue("s"), rights: [.listen]),
        ],
        now: { now }
    )

    private func refusal(
        of token: String?,
        host: String = "h:5300",
        path: String = "/jobs/messages",
        for right: SharedAccessKey.Right = .send
    ) -> SharedAccessVerifier.Refusal? {
        do {
            try verifier.check(token, host: host, path: path, for: right)
            return nil
        } catch {
            return error
        }
    }

    private func token(
        _ resource: String = "http://h:5300/jobs",
        keyName: String = "k",
        key: String = "s",
        validFor seconds: Int = 60
    ) -> String {
        let expiry = Int(Self.now.timeIntervalSince1970) + seconds
        return SharedAccessSignature(resource: resource, keyName: keyName, key: SecretValue(key), expiry: expiry)
            .token.unsafeRevealed
    }

    /// Computed by OpenSSL, so that client and server cannot agree on something wrong:
    /// `printf 'http%%3A%%2F%%2Fh%%2Fjobs\n1767225660' | openssl dgst -sha256 -hmac s -binary | base64`.
    @Test func `a token from elsewhere is accepted`() {
        let token =
            "SharedAccessSignature sr=http%3A%2F%2Fh%2Fjobs&sig=%2FBTCvPG0BPqmV9cx%2FJtK00bTGTizgJlPuuJDLNaedU4%3D&se=1767225660&skn=k"
        #expect(refusal(of: token) == nil)
        // The order of the fields and the case of the scheme mean nothing.
        let parts = token.dropFirst("SharedAccessSignature ".count).split(separator: "&").reversed()
        #expect(refusal(of: "sharedaccesssignature " + parts.joined(separator: "&")) == nil)
    }

    @Test(arguments: [
        "http://h:5300/jobs", "https://h/jobs/", "sb://H/JOBS", "http://h:5300", "http://h:5300/", "h/jobs",
        "http://h:5300/jobs/messages", "https://h/jobs?timeout=60",
    ])
    func `a token opens its entity and what is below`(resource: String) {
        #expect(refusal(of: token(resource)) == nil)
        // What was found good is remembered.
        #expect(refusal(of: token(resource)) == nil)
        guard !resource.hasSuffix("messages") else { return }
        #expect(refusal(of: token(resource), path: "/Jobs/%24deadletterqueue/messages/head") == nil)
    }

    @Test(arguments: [
        "http://h:5300/other", "http://h:5300/job", "http://h:5300/jobs/sub", "http://other/jobs", "/jobs", "",
    ])
    func `a token opens nothing else`(resource: String) {
        #expect(refusal(of: token(resource)) == .wrongResource)
    }

    @Test func `a token opens what its key allows`() {
        let reading = token(keyName: "reader")
        #expect(refusal(of: reading, for: .listen) == nil)
        #expect(refusal(of: reading, for: .send) == .lacks(.send))
        #expect(refusal(of: reading, for: .manage) == .lacks(.manage))
        for right in SharedAccessKey.Right.allCases { #expect(refusal(of: token(), for: right) == nil) }
    }

    @Test func `a token that was good expires, and opens nothing else either`() {
        let now = Shared(Self.now)
        let verifier = SharedAccessVerifier(
            keys: [SharedAccessKey(name: "k", value: SecretValue("s"))],
            now: { now.withLock { $0 } }
        )
        let token = token(validFor: 60)
        func isGood(_ path: String = "/jobs/messages", host: String = "h") -> Bool {
            (try? verifier.check(token, host: host, path: path, for: .send)) != nil
        }
        #expect(isGood())
        #expect(!isGood("/other/messages"))
        #expect(!isGood("/jobs2/messages"))
        #expect(!isGood(host: "elsewhere"))
        // More tokens than are remembered push none of them out for good.
        for number in 0..<1100 {
            let other = self.token("http://h/\(number)")
            _ = try? verifier.check(other, host: "h", path: "/\(number)", for: .send)
        }
        #expect(isGood())
        now.withLock { $0.addTimeInterval(60) }
        #expect(!isGood())
    }

    @Test func `an address in brackets is a host`() {
        #expect(refusal(of: token("http://[::1]:5300/jobs"), host: "[::1]:1") == nil)
        #expect(refusal(of: token("http://[::1]/jobs"), host: "[::2]") == .wrongResource)
    }

    @Test func `a token is refused for each of its faults`() {
        #expect(refusal(of: nil) == .missing)
        #expect(refusal(of: token(validFor: 1)) == nil)
        #expect(refusal(of: token(validFor: 0)) == .expired)
        #expect(refusal(of: token(key: "other")) == .badSignature)
        #expect(refusal(of: token(keyName: "other")) == .unknownKeyName)
        // Whoever has the token cannot make it last longer.
        #expect(refusal(of: token().replacingOccurrences(of: "se=1767225660", with: "se=1767225661")) == .badSignature)
        #expect(refusal(of: token().replacingOccurrences(of: "jobs", with: "Jobs")) == .badSignature)
    }

    @Test(arguments: [
        "", "SharedAccessSignature", "SharedAccessSignature ", "Bearer abc", "SharedAccessSignature sr=a",
        "SharedAccessSignature sr=a&sig=b&se=1", "SharedAccessSignature sr=a&sig=b&se=x&skn=k",
        "SharedAccessSignature sr=%zz&sig=YQ%3D%3D&se=1&skn=k", "SharedAccessSignature sr=a&sig=!&se=1&skn=k",
        "SharedAccessSignature sr=a&sr=b&sig=YQ%3D%3D&se=1&skn=k", "SharedAccessSignature sr&sig&se&skn",
    ])
    func `what is no token is refused as such`(token: String) {
        #expect(refusal(of: token) == .malformed)
    }
}
