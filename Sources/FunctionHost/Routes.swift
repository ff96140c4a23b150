import HTTPTypes
import Hummingbird
import Messaging
import ServiceKit
import Settings

extension [HostedFunction] {
    /// Adds the HTTP functions at the paths that they have in every host.
    func addRoutes(
        to router: Router<ServiceContext>,
        authenticator: BearerAuthenticator?,
        counting load: RequestLoad? = nil
    ) {
        let api = router.group("api")
        if let load { api.add(middleware: RequestLoadMiddleware(load: load)) }
        if let authenticator { api.add(middleware: authenticator) }
        for function in self {
            guard case .http(let declaration, let handler) = function.trigger else { continue }
            api.on(declaration.path, method: declaration.httpMethod, use: handler)
        }
    }
}

extension MessagePump.Rules {
    /// Many handlers wait for a model at the same time; the time for the last of them fits into a graceful shutdown.
    static let functions = MessagePump.Rules(concurrency: 32, maxDeliveries: 10, shutdownTime: .seconds(2))
}

extension HTTPFunction {
    /// The route in the router's own syntax, which writes parameters in braces as Azure Functions does.
    var path: RouterPath { RouterPath(route) }

    var httpMethod: HTTPRequest.Method {
        switch method {
        case .get: .get
        case .post: .post
        case .put: .put
        case .patch: .patch
        case .delete: .delete
        }
    }
}
