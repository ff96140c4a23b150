import AsyncHTTPClient
import NIOCore
import NIOPosix

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// Why there is no whole answer.
struct TransportFailure: Error, Sendable, Hashable {
    enum Stage: Sendable, Hashable {
        /// The server has not seen the request.
        case beforeSending
        /// The server may have done what it was asked.
        case afterSending
        /// There is an answer, which is longer than any should be.
        case tooLong
    }

    let stage: Stage
    let reason: String

    init(_ stage: Stage, _ reason: String) {
        self.stage = stage
        self.reason = reason
    }

    /// What only an attempt to connect ends with.
    private static let refusals: Set<Errno> = [.connectionRefused, .noRouteToHost, .networkUnreachable]

    /// Puts what the HTTP client throws into words that hold nothing of the request.
    init(_ error: any Error, host: String) {
        switch error {
        case let error as IOError where Self.refusals.contains(Errno(rawValue: error.errnoCode)):
            self.init(.beforeSending, "\(host) cannot be reached")
        case is NIOConnectionError: self.init(.beforeSending, "\(host) cannot be reached")
        case let error as HTTPClientError where error == .connectTimeout:
            self.init(.beforeSending, "\(host) takes no connection")
        case let error as HTTPClientError:
            self.init(.afterSending, "\(host) gave no answer (\(error.shortDescription))")
        default: self.init(.afterSending, "\(host) ended the connection (\(type(of: error)))")
        }
    }
}
