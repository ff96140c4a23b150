/// Text as a shell reads it.
enum ShellText {
    /// One word, in which nothing is special.
    ///
    /// Source: pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html, section 2.2.2
    static func word(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }

    /// A variable that holds a list.
    static func list(_ name: String, _ words: [String]) -> String {
        "\(name)=(\(words.map(word).joined(separator: " ")))\n"
    }

    static func variable(_ name: String, _ value: String) -> String {
        "\(name)=\(word(value))\n"
    }
}
