import HTTPTypes
import Hummingbird
import Settings

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
