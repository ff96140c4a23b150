/// The name of a new project, and what follows from it.
struct ProjectName: Sendable, Hashable {
    /// What resources begin with: `harbour-lights`.
    let text: String

    private static let lengths = 2...30

    /// Reads a name; `nil` where Azure or Swift would not take it.
    init?(_ text: String) {
        let isSound = text.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") }
        guard isSound, Self.lengths.contains(text.count), text.first?.isLetter ?? false, text.last != "-",
            !text.contains("--")
        else { return nil }
        self.text = text
    }

    /// Makes a name out of that of a folder, as far as that goes: `Harbour Lights` becomes `harbour-lights`.
    init?(folder: String) {
        let words = folder.lowercased().split { !$0.isASCII || !($0.isLetter || $0.isNumber) }
        self.init(words.joined(separator: "-"))
    }

    /// What its types begin with: `HarbourLights`.
    var typeName: String {
        text.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
