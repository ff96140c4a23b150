import JWTKit
import AsyncHTTPClient
@main struct App { static func main() async throws { print(HTTPClient.shared) } }
