/// A line of pieces with styles, so that it can be cut to a width before it gets them.
struct StyledLine: ExpressibleByArrayLiteral {
    let pieces: [Piece]

    struct Piece {
        let text: String
        let paint: (Palette, String) -> String

        static func text(_ text: String) -> Piece { Piece(text: text) { $1 } }
        static func bold(_ text: String) -> Piece { Piece(text: text) { $0.bold($1) } }
        static func dim(_ text: String) -> Piece { Piece(text: text) { $0.dim($1) } }

        /// A piece in a colour; dim where there is none.
        static func colored(_ text: String, _ color: Palette.Color?) -> Piece {
            Piece(text: text) { palette, text in color.map { palette.paint(text, $0) } ?? palette.dim(text) }
        }
    }

    init(arrayLiteral pieces: Piece...) {
        self.pieces = pieces
    }

    /// The line for a terminal, of at most so many columns.
    func painted(_ palette: Palette, columns: Int) -> String {
        var room = columns
        var line = ""
        for piece in pieces where room > 0 && !piece.text.isEmpty {
            let text = piece.text.fitted(to: room)
            room -= text.columns
            line += piece.paint(palette, text)
            // What is cut ends the line.
            if text != piece.text { break }
        }
        return line
    }
}
