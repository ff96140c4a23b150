extension Plan {
    /// One request to Azure: what a step does, or a part of that.
    ///
    /// What ends with its parent has a step and no deletion of its own. Following what an operation waits for never
    /// leads back to it.
    package struct Operation: Sendable, Hashable {
        package let id: ID
        /// The operations that must have succeeded first.
        package let after: Set<ID>
        /// Operations of one lane must not overlap, because Azure answers that they are busy; `nil` is free.
        package let lane: String?

        package struct ID: Sendable, Hashable, Comparable, CustomStringConvertible {
            /// The identifier of the resource, as ``Plan/Step/id``.
            package let resource: String
            package let phase: Phase

            package init(_ phase: Phase, _ resource: String) {
                self.resource = resource
                self.phase = phase
            }

            package var description: String { "\(phase.rawValue) \(resource)" }

            package static func < (lhs: Self, rhs: Self) -> Bool {
                (lhs.resource, lhs.phase.rawValue) < (rhs.resource, rhs.phase.rawValue)
            }
        }

        package enum Phase: String, Sendable, Hashable, CaseIterable {
            case delete
            case write
            /// Waits until what was written serves, while others are written.
            case verify
        }
    }
}
