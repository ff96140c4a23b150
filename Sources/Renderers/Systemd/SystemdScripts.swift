import StackGraph

extension SystemdStack {
    /// The script that puts these units, and all that they need, in their places.
    func installScript(for units: [RenderedFile]) -> RenderedFile {
        let secrets = self.secrets
        var text = Self.opening("Installs the stack \(name) for systemd; to run it again updates what is there.")
        text += facts
        text += ShellText.list("units", units.map(\.path))
        text += ShellText.list("programs", programs)
        text += ShellText.variable("rendered_bin", ServiceUnit.programs(of: name))
        text += ShellText.variable("marker", "# \(marker)")
        text += ShellText.list("required", secrets.required)
        text += ShellText.list("optional", secrets.optional)
        text += ShellText.list("generated", secrets.generated)
        text += ShellText.variable("broker", broker ?? "")
        text += ShellText.variable(
            "bus_connection",
            BrokerProgram.connection(port: brokerPort, key: "@KEY@")
        )
        return RenderedFile("install.sh", text + systemdFolders + systemdInstallation, isExecutable: true)
    }

    /// The script that removes what the other one put.
    var uninstallScript: RenderedFile {
        let text =
            Self.opening("Removes what install.sh put; with --purge, the data of the stack \(name) too.") + facts
            + ShellText.list("state", stateFolders)
        return RenderedFile("uninstall.sh", text + systemdFolders + systemdRemoval, isExecutable: true)
    }

    private static func opening(_ purpose: String) -> String {
        "#!/usr/bin/env bash\n# \(purpose)\nset -euo pipefail\numask 077\n\n"
    }

    private var facts: String {
        ShellText.variable("stack", name) + ShellText.variable("target", target)
    }

    /// The secrets that services read, by who must provide them; each name once and in one list.
    private var secrets: (required: [String], optional: [String], generated: [String]) {
        var generated: Set<String> = []
        var required: Set<String> = []
        var optional: Set<String> = []
        for app in services.map(\.app) {
            let needed = Set(app.service.contract.filter(\.isRequired).map(\.name))
            for variable in app.service.environment {
                guard case .secret(let reference) = variable.value else { continue }
                switch reference.secret.origin {
                case .generated: generated.insert(reference.secret.name)
                case .provided where needed.contains(variable.name): required.insert(reference.secret.name)
                case .provided: optional.insert(reference.secret.name)
                }
            }
        }
        return (required.sorted(), optional.subtracting(required).sorted(), generated.sorted())
    }
}

/// What both scripts do first: read `--user` and know the folders of that manager.
///
/// Source of the folders: freedesktop.org/software/systemd/man/systemd.unit.html
private let systemdFolders = #"""

    # refuse CODE LINE...: says why nothing was done.
    refuse() {
        local code=$1
        shift
        printf '%s\n' "${@/#/"${0##*/}: "}" >&2
        exit "$code"
    }

    choose_folders() {
        if [[ $mode == user ]]; then
            configuration=${XDG_CONFIG_HOME:-$HOME/.config}
            unit_folder=$configuration/systemd/user
            manager=(systemctl --user)
        else
            ((EUID == 0)) || refuse 77 "only root can do this; with --user it is for your own services"
            configuration=/etc
            unit_folder=/etc/systemd/system
            manager=(systemctl)
        fi
        folder=$configuration/$stack
        credentials=$folder/credentials
        # Every file that was put, one a line.
        manifest=$folder/installed
    }

    """#
