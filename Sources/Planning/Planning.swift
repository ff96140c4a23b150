import StackGraph
