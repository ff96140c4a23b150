public import GRDB

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Opens the databases that stand for Azure's stores on a machine.
public enum SQLiteFile {
    /// Opens a database, and makes it and its folder where they are not there yet, for the eyes of their owner only.
    ///
    /// - Parameters:
    ///   - name: The file's name: `posts.sqlite`.
    ///   - folder: Where it is; a database in memory where this is `nil`.
    ///   - migrator: Brings its tables up to date.
    /// - Returns: The database; a commit in it is on disk when it returns.
    /// - Throws: When the folder cannot be made or the database cannot be opened.
    public static func open(
        _ name: String,
        in folder: String?,
        _ migrator: DatabaseMigrator
    ) throws -> any DatabaseWriter {
        let database: any DatabaseWriter
        if let folder {
            try make(folder)
            database = try DatabasePool(path: "\(folder)/\(name)", configuration: configuration(name))
            // A pool begins with less, whatever its configuration says. Source: sqlite.org/pragma.html#pragma_synchronous
            try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        } else {
            database = try DatabaseQueue(configuration: configuration(name))
        }
        // Looking first keeps most starts free of a write, which would wait for the disk.
        if try !database.read({ try migrator.hasCompletedMigrations($0) }) { try migrator.migrate(database) }
        return database
    }

    private static func make(_ folder: String) throws {
        guard !FileManager.default.fileExists(atPath: folder) else { return }
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
    }

    private static func configuration(_ name: String) -> Configuration {
        var configuration = Configuration()
        configuration.label = name
        // Another process of the same app may have the file, too.
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 2
        return configuration
    }
}
