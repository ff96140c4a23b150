package import Hummingbird

/// Makes each answer in a task of its own, which is gone when the answer begins to be written.
///
/// A task keeps the memory of its deepest calls for as long as it lives. That of a connection lives for hours where
/// answers are streamed, and all the middleware that it went through is of no use to it any more: a third of what a
/// quiet connection would hold.
package struct ShortLivedResponder<Responder: HTTPResponder>: HTTPResponder where Responder.Context: Sendable {
    let base: Responder

    package func respond(to request: Request, context: Responder.Context) async throws -> Response {
        async let response = base.respond(to: request, context: context)
        return try await response
    }
}
