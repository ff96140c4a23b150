import JSONText
import Renderers

// Those who run images.

extension SimulatedAzure {
    /// Refuses an app whose image is in no registry.
    ///
    /// Source of the words: github.com/microsoft/azure-container-apps/issues/425
    func checkImages(_ write: Write) throws(Refusal) {
        guard configuration.requiresImages, write.facts.kind == .containerApp else { return }
        let containers = write.given.value(at: "properties.template.containers")?.array ?? []
        for container in containers {
            guard let image = container["image"]?.string else { continue }
            guard !holds(image) else { continue }
            throw .badRequest(
                "InvalidParameterValueInContainerTemplate",
                """
                The following field(s) are either invalid or missing. Field \
                'template.containers.\(container["name"]?.string ?? "").image' is invalid with details: 'Invalid value: \
                "\(image)": MANIFEST_UNKNOWN: manifest is not found'.
                """
            )
        }
    }

    /// Whether an image is in a registry of this simulation; those of others are taken to be there.
    private func holds(_ image: String) -> Bool {
        let registry = store.all.first { resource in
            resource.facts.kind == .registry
                && image.split(separator: "/").dropLast().contains { word in
                    let name = resource.name.lowercased()
                    return word == name || word == Self.registryHost(name)
                }
        }
        guard let registry, let last = image.split(separator: "/").last else { return true }
        let parts = last.split(separator: last.contains("@") ? "@" : ":", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return false }
        return registries[registry.key]?.repositories[parts[0]]?.digest(of: parts[1]) != nil
    }
}
