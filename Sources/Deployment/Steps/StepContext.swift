/// Which step a task works for, so that waits deep in the client can be told as that step's.
package enum StepContext {
    /// The identifier of the resource; `nil` outside of steps.
    @TaskLocal package static var resource: String?
}
