import CoreMetrics
import Hummingbird
import Logging
import NIOCore

extension Router<ServiceContext> {
    /// The addresses that every service has: is it alive, can it work, what did it do, what can it do.
    ///
    /// Sources: kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes,
    /// prometheus.io/docs/instrumenting/exposition_formats
    func addServiceRoutes(_ identity: ServiceIdentity, logger: Logger) {
        let readiness = ReadinessAnswer(identity.dependencies, logger: logger)
        get("health") { _, _ in Response.json(identity.health) }
        get("ready") { _, _ in
            let outcomes = await readiness.outcomes()
            return Response.json(outcomes.json, status: outcomes.areAllThere ? .ok : .serviceUnavailable)
        }
        get("metrics") { _, _ in
            let text = (MetricsSystem.factory as? MetricsRegistry)?.text ?? ""
            return Response(
                status: .ok,
                headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(string: text))
            )
        }
        if let document = identity.document {
            let body = ByteBuffer(bytes: document)
            get("openapi.json") { _, _ in
                Response(status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: body))
            }
        }
    }
}
