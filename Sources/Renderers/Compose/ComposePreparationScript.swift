import StackGraph

/// The script that makes what `docker compose up` needs and a repository must not hold.
struct ComposePreparationScript {
    static let path = "prepare.sh"
    static let folder = "secrets"

    let text: String

    init(_ project: ComposeProject) {
        let needed = project.secrets.filter { $0.isRequired && $0.origin == .provided }
        var text = Self.beginning
        if !project.secrets.isEmpty { text += Self.making }
        if project.secrets.contains(where: \.isRandom) { text += Self.inventing }
        // A connection string is made of a key, so that keys come first.
        for secret in project.secrets where !secret.isConnection { text += Self.lines(for: secret) }
        for secret in project.secrets where secret.isConnection { text += Self.lines(for: secret) }
        if !needed.isEmpty { text += Self.checking }
        for secret in needed { text += "need \(secret.name) '\(ComposeComment.list(secret.readers))'\n" }
        self.text = text + (needed.isEmpty ? "" : "exit \"$missing\"\n")
    }

    private static let beginning = """
        #!/bin/sh
        # Makes what `docker compose up` needs and a repository must not hold: .env, and a file for each secret.
        #
        # A secret is taken from the environment variable of its name, if there is one. What is there already stays as
        # it is, so this can run as often as you like. After a change of a secret: docker compose up -d --force-recreate
        set -eu
        cd -- "$(dirname -- "$0")"
        umask 077

        if [ ! -e .env ] && [ ! -L .env ]; then
            cat .env.example >.env
        fi

        """

    private static let making = #"""

        # put NAME VALUE: makes the file of a secret, unless it holds a value. The folder keeps other users out; the
        # file lets the user of the containers in.
        put() {
            mkdir -p secrets
            if [ ! -s "secrets/$1" ]; then
                printf '%s' "$2" >"secrets/$1"
            fi
            chmod 644 "secrets/$1"
        }

        """#

    private static let inventing = #"""

        random() {
            od -An -N32 -tx1 /dev/urandom | tr -d ' \n'
        }

        """#

    private static let checking = #"""

        # need NAME READERS: says what is missing.
        missing=0
        need() {
            if [ ! -s "secrets/$1" ]; then
                echo "secrets/$1 is empty, and needed by $2. Write the value into it." >&2
                missing=1
            fi
        }

        """#

    private static func lines(for secret: ComposeSecret) -> String {
        let (purpose, value) = purpose(of: secret)
        return "\n# \(purpose)\nput \(secret.name) \"${\(secret.name):-\(value)}\"\n"
    }

    private static func purpose(of secret: ComposeSecret) -> (text: String, value: String) {
        switch secret.origin {
        case .provided:
            let purpose = ComposeComment.purpose(
                isRequired: secret.isRequired,
                readers: secret.readers,
                consequence: secret.consequence
            )
            return (purpose, "")
        case .generated: return ("Random unless given; read by \(ComposeComment.list(secret.readers)).", "$(random)")
        case .brokerKey: return ("The key of the broker: random unless given.", "$(random)")
        case .connection(let broker, let key):
            let connection = BrokerProgram.connection(host: broker, key: "$(cat secrets/\(key))")
            return ("The broker and its key; read by \(ComposeComment.list(secret.readers)).", connection)
        }
    }
}

extension ComposeSecret {
    fileprivate var isConnection: Bool {
        switch origin {
        case .connection: true
        case .brokerKey, .generated, .provided: false
        }
    }

    fileprivate var isRandom: Bool {
        switch origin {
        case .brokerKey, .generated: true
        case .connection, .provided: false
        }
    }
}
