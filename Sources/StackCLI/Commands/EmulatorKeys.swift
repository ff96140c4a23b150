import ArgumentParser
import ServiceBusEmulator
import Settings
import StackGraph
import Supervisor

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The keys of a broker that runs alone, and what each of them is good for.
struct EmulatorKeys: ParsableArguments {
    @Option(help: "The name of the key that comes from the environment or is made up.")
    var keyName = BrokerProgram.keyName

    @Option(
        name: .customLong("key"),
        help: ArgumentHelp("A key by its name; may be repeated.", valueName: "name=key")
    )
    var keys: [Pair] = []

    @Option(
        help: ArgumentHelp(
            "What a key allows: listen, send or manage, with commas between; may be repeated.",
            discussion: "A key that is not named here allows everything.",
            valueName: "name=rights"
        )
    )
    var rights: [Pair] = []

    /// A name and what it stands for: `NAME=VALUE`.
    struct Pair: ExpressibleByArgument {
        let name: String
        let value: String

        init?(argument: String) {
            guard let equals = argument.firstIndex(of: "=") else { return nil }
            self.name = String(argument[..<equals])
            self.value = String(argument[argument.index(after: equals)...])
            guard !name.isEmpty, !value.isEmpty else { return nil }
        }
    }

    func validate() throws {
        var names: Set<String> = []
        for key in keys where !names.insert(key.name).inserted {
            throw ValidationError("The key '\(key.name)' is given twice.")
        }
        let known = names.union([keyName])
        for pair in rights {
            guard known.contains(pair.name) else { throw ValidationError("There is no key '\(pair.name)'.") }
            _ = try Self.rights(pair)
        }
    }

    /// The keys of the command line, and the one of the environment; where there is neither, one that is made up and
    /// stays the same as long as the data folder does.
    func keys(_ environment: SecretValue?, data: String) throws -> [SharedAccessKey] {
        var values = keys.map { ($0.name, SecretValue($0.value)) }
        if let environment, !keys.contains(where: { $0.name == keyName }) { values.append((keyName, environment)) }
        if values.isEmpty { values.append((keyName, try Self.made(in: data))) }
        return try values.map { name, value in
            let rights = try rights.filter { $0.name == name }.flatMap(Self.rights)
            return rights.isEmpty
                ? SharedAccessKey(name: name, value: value)
                : SharedAccessKey(name: name, value: value, rights: Set(rights))
        }
    }

    private static func made(in data: String) throws -> SecretValue {
        try FileManager.default.createDirectory(
            atPath: data,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        var secrets = try LocalSecrets(in: StateDirectory(root: data))
        return try secrets.value(for: BrokerProgram.keyVariable)
    }

    private static func rights(_ pair: Pair) throws -> [SharedAccessKey.Right] {
        try pair.value.split(separator: ",").map { word in
            guard let right = SharedAccessKey.Right.allCases.first(where: { $0.rawValue.lowercased() == word }) else {
                throw ValidationError("'\(word)' is no right; there are listen, send and manage.")
            }
            return right
        }
    }
}
