import JSONText

/// What a package of a function app brings, as the host reads it.
///
/// Sources: learn.microsoft.com/azure/azure-functions/functions-custom-handlers,
/// learn.microsoft.com/azure/azure-functions/functions-host-json
struct PublishedFunctions: Sendable, Hashable {
    struct Route: Sendable, Hashable {
        let methods: Set<String>
        /// `api/posts/{id}`.
        let segments: [String]
    }

    let names: [String]
    private let routes: [Route]

    /// Reads a package; it must be sound in all that the host will ask of it.
    ///
    /// - Throws: ``Archive/Flaw``.
    init(_ archive: Archive) throws(Archive.Flaw) {
        for entry in archive.entries { _ = try archive.head(of: entry, atMost: 0) }
        guard let file = archive["host.json"], let host = try Self.document(file, in: archive) else {
            throw Archive.Flaw("The package has no host.json at its root, so that it is no function app.")
        }
        try Self.checkHandler(host, in: archive)
        let prefix = host["extensions"]?["http"]?["routePrefix"]?.string ?? "api"
        var names: [String] = []
        var routes: [Route] = []
        for entry in archive.entries {
            let parts = entry.name.split(separator: "/")
            guard parts.count == 2, parts[1] == "function.json" else { continue }
            guard let bindings = try Self.document(entry, in: archive)?["bindings"]?.array, !bindings.isEmpty else {
                throw Archive.Flaw("'\(entry.name)' has no bindings.")
            }
            names.append(String(parts[0]))
            routes += bindings.filter { $0["type"] == "httpTrigger" }.map { binding in
                Route(
                    methods: Set(
                        (binding["methods"]?.array ?? ["get", "post"]).compactMap { $0.string?.uppercased() }
                    ),
                    segments: "\(prefix)/\(binding["route"]?.string ?? names.last ?? "")".split(separator: "/").map(
                        String.init
                    )
                )
            }
        }
        guard !names.isEmpty else { throw Archive.Flaw("The package has no function: no folder has a function.json.") }
        self.names = names
        self.routes = routes
    }

    private static let documentLimit = 1 << 20

    private static func document(_ entry: Archive.Entry, in archive: Archive) throws(Archive.Flaw) -> JSON? {
        let bytes = try archive.head(of: entry, atMost: documentLimit)
        guard let json = try? JSON(parsing: bytes), json.members != nil else {
            throw Archive.Flaw("'\(entry.name)' is no JSON object.")
        }
        return json
    }

    private static func checkHandler(_ host: JSON, in archive: Archive) throws(Archive.Flaw) {
        guard host["version"] == "2.0" else { throw Archive.Flaw("host.json must say that its version is 2.0.") }
        guard let path = host["customHandler"]?["description"]?["defaultExecutablePath"]?.string, !path.isEmpty else {
            throw Archive.Flaw("host.json names no customHandler.description.defaultExecutablePath.")
        }
        guard let handler = archive[path] else {
            throw Archive.Flaw("The handler '\(path)' that host.json names is not in the package.")
        }
        guard handler.isExecutable else {
            throw Archive.Flaw("The handler '\(path)' may not be executed: its entry has no execute permission.")
        }
        let head = try archive.head(of: handler, atMost: 20)
        // x86-64, the only kind of machine that runs it.
        guard head.count == 20, head.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]), head[18] == 62, head[19] == 0 else {
            throw Archive.Flaw("The handler '\(path)' is no ELF program for x86-64: exec format error.")
        }
    }

    /// Whether a function takes such a request.
    func take(_ method: String, _ path: [String]) -> Bool {
        routes.contains { route in
            route.methods.contains(method) && route.segments.count == path.count
                && zip(route.segments, path).allSatisfy { $0.hasPrefix("{") || $0.lowercased() == $1.lowercased() }
        }
    }
}
