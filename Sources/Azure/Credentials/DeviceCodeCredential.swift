import JSONText
import Settings
import Synchronization

/// A person who signs in on any device, by a code that is shown here.
///
/// Sources: RFC 8628; learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code
public final class DeviceCodeCredential: TokenCredential {
    static let source = "the device code"
    /// The public client of the Azure CLI, which every tenant knows (from memory).
    public static let azureCLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
    /// How many seconds to wait where nobody says: RFC 8628, section 3.2.
    private static let standardInterval = 5.0
    /// How many seconds longer the interval gets each time that it is too short: RFC 8628, section 3.5.
    private static let slowDown = 5.0

    private let endpoint: TokenEndpoint
    private let clientID: String
    private let prompt: any DeviceCodePrompt
    private let connection: AzureConnection
    /// Spares the person from signing in again, for other services and after an hour.
    private let refreshToken = Mutex<SecretValue?>(nil)

    public init(
        cloud: AzureCloud,
        tenant: String?,
        clientID: String = DeviceCodeCredential.azureCLI,
        prompt: any DeviceCodePrompt,
        connection: AzureConnection
    ) {
        let tenant = tenant ?? "organizations"
        self.endpoint = TokenEndpoint(authority: cloud.authority, tenant: tenant, connection: connection)
        self.clientID = clientID
        self.prompt = prompt
        self.connection = connection
    }

    public func token(for scope: TokenScope) async throws -> AccessToken {
        if let token = try await refreshed(for: scope) { return token }
        let device = try await invite(to: scope)
        let elapsed = connection.time.stopwatch()
        var interval = device.interval
        while elapsed() + .seconds(interval) < .seconds(device.life) {
            try await connection.time.pause(for: .seconds(interval))
            let answer = try await endpoint.post(
                [
                    .plain("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
                    .plain("client_id", clientID),
                    .secret("device_code", device.code),
                ],
                to: "token"
            )
            if let token = try token(in: answer) { return token }
            switch ServiceErrorReader.read(try? answer.json())?.code {
            case "authorization_pending": continue
            case "slow_down": interval += Self.slowDown
            default: throw endpoint.refusal(answer, of: Self.source)
            }
        }
        throw CredentialError.unavailable(source: Self.source, because: "nobody has typed it in time")
    }

    private struct Device {
        let code: SecretValue
        let interval: Double
        let life: Double
    }

    private func invite(to scope: TokenScope) async throws -> Device {
        let answer = try await endpoint.post(
            [.plain("client_id", clientID), .plain("scope", "\(scope.text) offline_access")],
            to: "devicecode"
        )
        guard answer.isSuccess else { throw endpoint.refusal(answer, of: Self.source) }
        guard let document = try answer.json(), let code = document["device_code"]?.string,
            let userCode = document["user_code"]?.string,
            let address = (document["verification_uri"] ?? document["verification_url"])?.string,
            let life = TokenAnswer.number(document["expires_in"]), (0...86_400).contains(life)
        else { throw AzureError(.unreadable("there is no device code in it"), in: answer) }
        await prompt.show(
            DeviceCodeInvitation(
                code: userCode,
                address: address,
                message: document["message"]?.string ?? "Open \(address) and type the code \(userCode).",
                validFor: .seconds(life)
            )
        )
        let interval = TokenAnswer.number(document["interval"]) ?? Self.standardInterval
        return Device(code: SecretValue(code), interval: min(max(interval, 1), 60), life: life)
    }

    /// Asks in the name of the person who has signed in before; `nil` where there is none, or no longer.
    private func refreshed(for scope: TokenScope) async throws -> AccessToken? {
        guard let token = refreshToken.withLock({ $0 }) else { return nil }
        let answer = try await endpoint.post(
            [
                .plain("grant_type", "refresh_token"),
                .plain("client_id", clientID),
                .plain("scope", "\(scope.text) offline_access"),
                .secret("refresh_token", token),
            ],
            to: "token"
        )
        return try self.token(in: answer)
    }

    private func token(in answer: AzureResponse) throws -> AccessToken? {
        guard answer.isSuccess else { return nil }
        let document = try answer.json()
        guard let token = TokenAnswer.token(in: document, now: connection.time.now()) else {
            throw AzureError(.unreadable("there is no token in it"), in: answer)
        }
        if let next = document?["refresh_token"]?.string { refreshToken.withLock { $0 = SecretValue(next) } }
        return token
    }
}
