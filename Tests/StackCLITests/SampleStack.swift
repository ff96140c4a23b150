import Settings
import StackModel

/// The smallest stack that has stages.
struct Sample: StackDefinition {
    enum Stage: String, CaseIterable { case dev, production }

    var stage: Stage
    var stack: Stack { Stack("sample-\(stage)", [Queue("jobs", of: String.self)]) }
}
