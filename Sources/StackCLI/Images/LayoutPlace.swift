import ArgumentParser

/// Where a layout is: `oci:FOLDER`, as the tools for images spell it.
///
/// Source: github.com/containers/image/blob/main/docs/containers-transports.5.md under `oci:path`.
struct LayoutPlace: ExpressibleByArgument, Sendable, Hashable {
    let path: String

    init?(argument: String) {
        guard argument.hasPrefix("oci:"), argument.utf8.count > 4 else { return nil }
        self.path = String(argument.dropFirst(4))
    }
}
