/// One version of what a stack was to be in Azure, as its ledger keeps it.
///
/// The ledger is what tells a resource that the program no longer has from one that somebody else made.
package struct DeploymentRecord: Sendable, Hashable {
    package let version: Int
    package var state: State
    package let stack: String
    /// The version of the programs.
    package let program: String
    /// Who deployed it.
    package let author: String
    /// When, as the author's clock says it.
    package let moment: String
    /// The identifier of the resource group.
    package let group: String
    /// The versions before this one that may still be in effect in part, in rising order.
    package let unfinished: [Int]
    /// Every resource, with secrets as fingerprints, in the order of the template.
    package let resources: [DesiredResource]
    /// The digests of the packages that sites run, as `sha256:…`, by the sites' identifiers.
    package let packages: [String: String]

    package enum State: String, Sendable, Hashable, CaseIterable {
        /// It is being carried out, or never came to its end.
        case applying
        case applied
    }

    /// Writes down a version.
    ///
    /// - Parameters:
    ///   - version: Its number, greater than those before it.
    ///   - state: Whether it was carried out.
    ///   - stack: The name of the stack.
    ///   - program: The version of the programs.
    ///   - author: Who deploys it.
    ///   - moment: When.
    ///   - group: The identifier of the resource group.
    ///   - unfinished: The versions before it that may still be in effect.
    ///   - resources: What the stack makes, with the fingerprints of secrets in place of their values.
    ///   - packages: The digests of the packages that sites run, by the sites' identifiers.
    package init(
        version: Int,
        state: State,
        stack: String,
        program: String,
        author: String,
        moment: String,
        group: String,
        unfinished: some Sequence<Int>,
        resources: [DesiredResource],
        packages: [String: String] = [:]
    ) {
        self.version = version
        self.state = state
        self.stack = stack
        self.program = program
        self.author = author
        self.moment = moment
        self.group = group
        self.unfinished = Set(unfinished).sorted()
        self.packages = packages
        self.resources = resources.map { resource in
            var resource = resource
            // Who told what is a matter of the program, and the values are here.
            resource.told = []
            return resource
        }
    }

    /// What the stack was to be, for going back to it; its secrets stay as they are now.
    package var desired: [DesiredResource] {
        resources.map { resource in
            var resource = resource
            resource.body = resource.body.withoutSecrets
            return resource
        }
    }
}

/// Why a record cannot be written or read.
package enum RecordError: Error, Sendable, Hashable {
    /// It has more bytes than a version of a template spec may have.
    case tooLarge(bytes: Int, limit: Int)
    /// The secret of this resource is no fingerprint, or of nobody knows which parameter.
    case openSecret(String)
    /// This resource cannot be said in a template.
    case unwritable(String, UnsendableValue?)
    /// A later program wrote it in this schema.
    case newerSchema(Int)
    /// It is no record, because of this part: `metadata.state`.
    case unreadable(String)
}
