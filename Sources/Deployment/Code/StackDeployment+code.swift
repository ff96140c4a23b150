import JSONText
import Planning
import Renderers
import StackGraph

extension StackDeployment {
    /// The images that apps are to run, by the names of the template's parameters.
    ///
    /// Those that are brought along are named by digest, so that a new one is a change of the app. Where none is, an
    /// app keeps the image that it runs; a new one gets that of the template's tag.
    ///
    /// - Parameter live: What is there.
    /// - Returns: Values of parameters; of those that are left out, the default holds.
    func images(in live: LiveResources) -> [String: String] {
        var images: [String: String] = [:]
        let apps = template.resources.filter { $0.type == .containerApp }
        for parameter in template.parameters {
            guard case .image(let image) = parameter.kind else { continue }
            let runners = apps.filter { $0.parameters.contains(parameter.name) }
            images[parameter.name] =
                runners.lazy.compactMap { app in
                    identifiers[app.symbol].flatMap { live[$0]?.image(from: image.repository) }
                }.first
        }
        for place in (places?.images ?? [:]).values { images[place.parameter] = place.image.reference }
        return images
    }

    /// Where the code of a goal goes; `nil` where none goes anywhere.
    func places(for goal: Goal) -> CodePlaces? {
        switch goal {
        case .program: places
        case .record(let record): CodePlaces(restoring: record.packages, of: functionApps, template, identifiers)
        case .absence: nil
        }
    }

    /// What is there, with the code that matters to a goal.
    func withCode(_ live: LiveResources, for goal: Goal) async throws -> LiveResources {
        guard let places = places(for: goal) else { return live }
        let delivery = CodeDelivery(places: places, session: session, store: LiveStore(live), known: live) { _ in }
        return try await delivery.read()
    }
}

extension JSON {
    /// The image that a container app runs, without its registry, where it is of this repository.
    fileprivate func image(from repository: String) -> String? {
        let containers = self["properties"]?["template"]?["containers"]?.array ?? []
        return containers.lazy.compactMap { container -> String? in
            guard let text = container["image"]?.string, let range = text.firstRange(of: "/\(repository)"),
                let next = text[range.upperBound...].first, next == ":" || next == "@"
            else { return nil }
            return String(text[text.index(after: range.lowerBound)...])
        }.first
    }
}
