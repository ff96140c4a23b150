/// How the elements of an array are told apart, told by the name of the array.
///
/// Schemas do not say it: the type files of Azure know neither keys nor sets.
enum ArrayRule: Hashable {
    /// The order means nothing: words are known by themselves, and objects by the first of these members that every
    /// one of them has, each with a value of its own.
    case unordered(by: [String])
    /// Nothing is known of it: objects are known by their `name` or `key`, and all else by its place.
    case unknown

    static func of(_ name: String) -> ArrayRule {
        if let keys = keys[name] { return .unordered(by: keys) }
        return sets.contains(name) ? .unordered(by: []) : .unknown
    }

    private static let keys: [String: [String]] = [
        "accessPolicies": ["objectId"],
        "auth": ["triggerParameter"],
        "configs": ["source", "target"],
        "identitySettings": ["identity"],
        "ipRules": ["value"],
        "locations": ["locationName"],
        "ports": ["name", "target"],
        "probes": ["type"],
        "registries": ["server"],
        "secrets": ["name", "source", "target"],
        "traffic": ["revisionName", "label"],
        "virtualNetworkRules": ["id"],
        "volumeMounts": ["mountPath"],
        "volumes": ["name", "target"],
    ]

    private static let sets: Set = [
        // Azure
        "actions", "allowed", "allowedHeaders", "allowedMethods", "allowedOrigins", "allowedValues", "dataActions",
        "dependsOn", "notActions", "notDataActions", "zones",
        // Compose
        "cap_add", "cap_drop", "depends_on", "expose", "group_add", "networks", "profiles", "security_opt", "tmpfs",
        // systemd: lists that may be split over several lines
        "After", "Also", "Before", "BindsTo", "Conflicts", "IPAddressAllow", "IPAddressDeny", "PartOf",
        "InaccessiblePaths", "ReadOnlyPaths", "ReadWritePaths", "RequiredBy", "Requires", "Requisite",
        "SupplementaryGroups", "Upholds", "WantedBy", "Wants",
    ]
}
