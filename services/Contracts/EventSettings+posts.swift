public import Settings

/// What the event functions keep, and where.
extension EventSettings {
    /// Where posts are kept; a database in the data directory where nothing is said.
    public static let postDatabase = Setting<DatabaseConnection>("POST_DATABASE", required: false)
    /// Where schedules are kept and requests with an `Idempotency-Key` remembered; a database in the data directory where nothing is said.
    public static let tables = Setting<TableConnection>("TABLE_CONNECTION", required: false)

    public static let storeSettings = [
        postDatabase.declaration, tables.declaration, HostSettings.dataDirectory.declaration,
    ]

    /// The container of posts, and the property that it is partitioned by.
    public static let postContainer = (name: "posts", partition: "/id")
    /// The table of remembered requests.
    public static let idempotencyTable = "idempotency"
    /// The table of schedules.
    public static let scheduleTable = "schedules"

    public static let listPosts = HTTPFunction("ListPosts", .get, "posts")
    public static let createPost = HTTPFunction("CreatePost", .post, "posts")
    public static let readPost = HTTPFunction("ReadPost", .get, "posts/{id}")
    public static let replacePost = HTTPFunction("ReplacePost", .put, "posts/{id}")
    public static let deletePost = HTTPFunction("DeletePost", .delete, "posts/{id}")

    static let postRequests = [listPosts, createPost, readPost, replacePost, deletePost]
}
