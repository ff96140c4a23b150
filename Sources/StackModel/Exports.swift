// What authors name is theirs without another import.
@_exported public import enum StackGraph.ContainerSize
@_exported public import enum StackGraph.Redundancy
