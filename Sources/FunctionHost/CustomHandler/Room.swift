import Synchronization

/// A room with so many places.
final class Room: Sendable {
    private let free: Mutex<Int>

    init(places: Int) {
        self.free = Mutex(places)
    }

    /// Takes a place; `false` when there is none.
    func enter() -> Bool {
        free.withLock { free in
            guard free > 0 else { return false }
            free -= 1
            return true
        }
    }

    func leave() {
        free.withLock { $0 += 1 }
    }
}
