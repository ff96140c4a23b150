import HTTPTypes

#if canImport(FoundationEssentials)
import struct FoundationEssentials.Date
#else
import struct Foundation.Date
#endif

/// The lease of one blob or container, as a machine of five states.
///
/// Source: the tables of learn.microsoft.com/rest/api/storageservices/lease-blob
struct BlobLease: Sendable, Hashable {
    enum State: String, Sendable { case available, leased, expired, breaking, broken }

    private var id: String?
    /// `nil` for a lease that never ends.
    private var endsAt: Date?
    /// How many seconds it was taken for; `nil` for ever.
    private var duration: Int?
    private var breaksAt: Date?

    init() {}

    private init(id: String, duration: Int?) {
        self.id = id
        self.duration = duration
    }

    func state(at now: Date) -> State {
        guard id != nil else { return .available }
        if let breaksAt { return breaksAt <= now ? .broken : .breaking }
        guard let endsAt else { return .leased }
        return endsAt <= now ? .expired : .leased
    }

    func isLocked(at now: Date) -> Bool {
        switch state(at: now) {
        case .leased, .breaking: true
        case .available, .expired, .broken: false
        }
    }

    var isInfinite: Bool { id != nil && duration == nil }

    // MARK: What a client can do

    /// Takes the lease for 15 to 60 seconds, or for ever.
    mutating func acquire(_ id: String, seconds: Int?, at now: Date) throws(Refusal) {
        switch state(at: now) {
        case .leased where !isHeld(by: id):
            throw .conflict("LeaseAlreadyPresent", "There is already a lease present.")
        case .breaking where isHeld(by: id):
            throw .conflict("LeaseIsBreakingAndCannotBeAcquired", "The lease is breaking and cannot be acquired.")
        case .breaking: throw .conflict("LeaseAlreadyPresent", "There is already a lease present.")
        case .available, .leased, .expired, .broken: break
        }
        self = BlobLease(id: id.lowercased(), duration: seconds)
        start(at: now)
    }

    mutating func renew(_ id: String, at now: Date) throws(Refusal) {
        switch state(at: now) {
        case .breaking, .broken:
            try check(id)
            throw .conflict("LeaseIsBrokenAndCannotBeRenewed", "The lease has been broken and cannot be renewed.")
        case .available, .leased, .expired: try check(id)
        }
        start(at: now)
    }

    mutating func change(_ id: String, to new: String, at now: Date) throws(Refusal) {
        switch state(at: now) {
        case .available, .expired, .broken:
            throw .conflict("LeaseNotPresentWithLeaseOperation", "There is currently no lease.")
        case .breaking: throw .conflict("LeaseIsBreakingAndCannotBeChanged", "The lease is breaking.")
        case .leased:
            // A client that repeats itself has the new name already.
            if !isHeld(by: new) { try check(id) }
            self.id = new.lowercased()
        }
    }

    mutating func release(_ id: String) throws(Refusal) {
        try check(id)
        self = BlobLease()
    }

    /// Ends the lease, at once or after a while.
    ///
    /// - Returns: How many seconds it still lasts.
    mutating func breakOff(after seconds: Int?, at now: Date) throws(Refusal) -> Int {
        let remaining = endsAt.map { max(0, $0.timeIntervalSince(now)) }
        switch state(at: now) {
        case .available: throw .conflict("LeaseNotPresentWithLeaseOperation", "There is currently no lease.")
        case .expired, .broken:
            breaksAt = now
            return 0
        case .leased:
            let wanted = seconds.map(Double.init) ?? remaining ?? 0
            breaksAt = now.addingTimeInterval(min(wanted, remaining ?? wanted))
        case .breaking:
            let wanted = seconds.map { now.addingTimeInterval(Double($0)) }
            breaksAt = [breaksAt, wanted].compactMap { $0 }.min()
        }
        return breaksAt.map { max(0, Int($0.timeIntervalSince(now).rounded(.up))) } ?? 0
    }

    // MARK: What others can do meanwhile

    /// Checks that a write has the lease, where there is one.
    func checkWrite(_ given: String?, at now: Date) throws(Refusal) {
        switch state(at: now) {
        case .leased, .breaking:
            guard let given else {
                throw Refusal(
                    .preconditionFailed,
                    "LeaseIdMissing",
                    "There is currently a lease and no lease ID was specified."
                )
            }
            guard isHeld(by: given) else { throw Self.mismatch }
        case .available, .broken:
            guard given != nil else { return }
            throw Refusal(.preconditionFailed, "LeaseNotPresentWithBlobOperation", "There is currently no lease.")
        case .expired:
            guard given != nil else { return }
            throw Refusal(.preconditionFailed, "LeaseLost", "A lease ID was specified, but the lease has expired.")
        }
    }

    /// Checks that a read which names a lease names the one that is there.
    func checkRead(_ given: String?, at now: Date) throws(Refusal) {
        guard given != nil else { return }
        try checkWrite(given, at: now)
    }

    /// A write ends what is left of a lease that is over.
    mutating func didWrite(at now: Date) {
        switch state(at: now) {
        case .expired, .broken: self = BlobLease()
        case .available, .leased, .breaking: break
        }
    }

    private static let mismatch = Refusal(
        .preconditionFailed,
        "LeaseIdMismatchWithBlobOperation",
        "The lease ID specified did not match the lease ID."
    )

    private func isHeld(by id: String) -> Bool { self.id == id.lowercased() }

    private func check(_ id: String) throws(Refusal) {
        guard isHeld(by: id) else {
            throw .conflict("LeaseIdMismatchWithLeaseOperation", "The lease ID specified did not match the lease ID.")
        }
    }

    private mutating func start(at now: Date) {
        endsAt = duration.map { now.addingTimeInterval(Double($0)) }
        breaksAt = nil
    }
}
