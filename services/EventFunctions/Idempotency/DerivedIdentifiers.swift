import WebFormats
import Crypto

/// Makes the id out of user and key, and leaves it to the queue to drop repeats.
struct DerivedIdentifiers: IdempotencyStore {
    func id(for key: String, of user: String, orElse candidate: String) -> String {
        SHA256.hash(data: Array("\(user)\u{0}\(key)".utf8)).prefix(16).hexadecimal
    }
}
