/// " Did you mean 'X'?" for the known word closest to a misspelt one, or nothing.
///
/// Capitals count for nothing, and a word of which nothing would be left is not close.
package func suggestion(for word: String, among known: [String]) -> String {
    let close = known.map { (word: $0, distance: editDistance(word.lowercased(), $0.lowercased())) }
        .filter { $0.distance <= max(2, word.count / 3) && $0.distance < min(word.count, $0.word.count) }
        .min { $0.distance < $1.distance }
    return close.map { " Did you mean '\($0.word)'?" } ?? ""
}

/// How many characters must be added, removed or changed to get from one word to the other.
func editDistance(_ first: String, _ second: String) -> Int {
    let second = Array(second)
    var row = Array(0...second.count)
    for (index, character) in first.enumerated() {
        var diagonal = row[0]
        row[0] = index + 1
        for column in second.indices {
            let substitution = diagonal + (character == second[column] ? 0 : 1)
            diagonal = row[column + 1]
            row[column + 1] = min(substitution, diagonal + 1, row[column] + 1)
        }
    }
    return row[second.count]
}
