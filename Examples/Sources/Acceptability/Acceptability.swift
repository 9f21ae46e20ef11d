import ArgumentParser

/// Is a sentence well formed?
@main
struct Acceptability: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "acceptability",
    abstract: "Learns whether a sentence is well formed.",
    discussion: """
      From the sentences of a treebank, and the same ones with two neighbours swapped or one word dropped. A bidirectional \
      LSTM reads the words and says how much each looks out of place; the one that looks so most decides. With --model bag \
      there is no LSTM, and a swap leaves no trace at all: all that it can go by is which words stand in a sentence.

      A language model knows it, too: of two sentences that differ in one word it should find the right one likelier. \
      "language-model" trains one, "blimp" asks it.
      """,
    subcommands: [Train.self, Ask.self, Write.self, TrainLanguageModel.self, BLiMP.self], defaultSubcommand: Train.self)
}
