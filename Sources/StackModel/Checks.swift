package import StackGraph

// What only a whole stack can show. Each check returns all it finds.

extension Graph {
    package var namingProblems: [Problem] {
        Problem.names([name], by: .stack) + Problem.names([version], by: .version)
            + Problem.sameNames(nodes.map(\.id.name))
            + nodes.flatMap { node in
                Problem.names([node.id.name], by: .rule(for: node.kind)) + node.partNameProblems
            }
    }

    package var referenceProblems: [Problem] {
        let repeated = nodes.map(\.id).repeated.map { Problem.duplicateName($0) }
        let unlisted = nodes.flatMap { node in
            node.dependencies.filter { self[$0] == nil }.map { Problem.unlisted($0, neededBy: node.id) }
        }
        return repeated + unlisted
    }

    package var settingProblems: [Problem] {
        nodes.flatMap { node -> [Problem] in
            guard let service = node.service else { return [] }
            let given = service.environment.map(\.name)
            let known = service.contract.map(\.name)
            let missing = service.contract.filter { $0.isRequired && !given.contains($0.name) }
            let secrets = service.contract.filter(\.isSecret).map(\.name)
            let exposed = service.environment.filter { !$0.value.isSecret && secrets.contains($0.name) }
            return missing.map { .missingSetting(node.id, setting: $0.name, isSecret: $0.isSecret) }
                + given.filter { !known.contains($0) }.map { .unknownSetting(node.id, setting: $0, known: known) }
                + given.repeated.map { .duplicateSetting(node.id, setting: $0) }
                + exposed.map { .exposedSecret(node.id, setting: $0.name) }
        }
    }

    package var secretProblems: [Problem] {
        nodes.flatMap { node -> [Problem] in
            guard case .secretStore(let store) = node.kind else { return [] }
            return store.secrets.map(\.name).repeated.map { .conflictingOrigins(secret: $0) }
        }
    }
}

extension Problem {
    static func names(_ names: [String], by rule: NamingRule) -> [Problem] {
        names.flatMap { name in rule.violations(in: name).map { .badName(name, rule, $0) } }
    }

    static func sameNames(_ names: [String]) -> [Problem] {
        var spellings: [String: String] = [:]
        return names.compactMap { name in
            guard let first = spellings.updateValue(name, forKey: name.lowercased()), first != name else { return nil }
            return .sameNames(first, name)
        }
    }
}

extension Node {
    var secretReferences: [SecretReference] {
        (service?.environment ?? []).compactMap { variable in
            if case .secret(let reference) = variable.value { reference } else { nil }
        }
    }

    fileprivate var partNameProblems: [Problem] {
        switch kind {
        case .storage(let storage):
            Problem.names(storage.containers, by: .blobContainer) + Problem.names(storage.tables, by: .table)
                + Problem.sameNames(storage.tables)
        case .database(let database): Problem.names(database.containers.map(\.name), by: .databaseContainer)
        case .secretStore(let store):
            Problem.names(store.secrets.map(\.name), by: .secret) + Problem.sameNames(store.secrets.map(\.name))
        case .cache, .containerApp, .functionApp, .modelDeployment, .queue, .registry, .subscription, .telemetry,
            .topic:
            []
        }
    }
}
