public import Settings

/// The part of the event functions that sends events later and again and again.
extension EventSettings {
    /// What happens to due times that passed while nothing ran: `last` (the default), `all` or `skip`.
    public static let missedSchedules = Setting<String>("SCHEDULE_MISSED", required: false)
    /// How many schedules one user may have; 100 when nothing is said.
    public static let schedulesPerUser = Setting<Int>("SCHEDULES_PER_USER", required: false)

    public static let scheduleSettings = [missedSchedules.declaration, schedulesPerUser.declaration]

    public static let createSchedule = HTTPFunction("CreateSchedule", .post, "schedule")
    public static let listSchedules = HTTPFunction("ListSchedules", .get, "schedule")
    public static let getSchedule = HTTPFunction("GetSchedule", .get, "schedule/{id}")
    public static let deleteSchedule = HTTPFunction("DeleteSchedule", .delete, "schedule/{id}")
    public static let sweepSchedules = TimerFunction("SweepSchedules", .daily(hour: 3, minute: 17))

    static let scheduleRequests = [createSchedule, listSchedules, getSchedule, deleteSchedule]
}
