import StackCLI

await Infra<Lightening>.main()
