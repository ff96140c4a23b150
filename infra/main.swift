import StackCLI

await Infra<Lightening>.run()
