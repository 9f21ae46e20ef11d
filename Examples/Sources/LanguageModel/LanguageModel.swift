import ArgumentParser

/// A model of characters, which has learnt to write by guessing what comes next.
@main
struct LanguageModel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "language-model",
    abstract: "Learns to write like a text, one character at a time, and goes on with what it is given.",
    discussion: """
      The text, input.txt of the folder --data, is one long stream: it is cut into lanes that are read side by side, window \
      after window, and the LSTM's state is carried from each window to the next (truncated backpropagation through time). \
      The last tenth of the text is kept apart, and judges the model: its loss is in nats a character.
      """,
    subcommands: [Train.self, Evaluate.self, Ask.self], defaultSubcommand: Train.self)
}
