import StackCLI

await Infra<Large>.run()
