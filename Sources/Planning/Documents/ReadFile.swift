import Renderers

/// A file and what it says: things, or nothing more than lines.
struct ReadFile {
    let file: RenderedFile
    let reading: Reading

    enum Reading {
        case things([Thing])
        case lines
        case failure(ReadingError)
    }

    init(_ file: RenderedFile, reading: Reading) {
        self.file = file
        self.reading = reading
    }

    init(_ file: RenderedFile, at path: FilePath) {
        self.init(file, reading: Self.reading(of: file.contents, FileKind(path.path, in: path.format)))
    }

    private static func reading(of contents: String, _ kind: FileKind) -> Reading {
        do {
            switch kind {
            case .armTemplate: return .things(try ARMDocument.things(contents))
            case .bicep: return .things(try BicepDocument.things(contents))
            case .bicepParameters: return .things(try BicepDocument.things(contents, isParameters: true))
            case .compose: return .things(try ComposeDocument.things(contents))
            case .json: return .things(try JSONDocument.things(contents))
            case .unit: return .things(try UnitDocument.things(contents))
            case .text: return .lines
            }
        } catch {
            return .failure(error)
        }
    }

    var things: [Thing]? {
        if case .things(let things) = reading { things } else { nil }
    }

    var error: ReadingError? {
        if case .failure(let error) = reading { error } else { nil }
    }

    func hasBytes(of other: RenderedFile) -> Bool {
        file.contents.utf8.elementsEqual(other.contents.utf8)
    }
}
