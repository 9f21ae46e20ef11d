import ArgumentParser
import ExampleKit
import Foundation
import WordReader

extension Acceptability {
  struct BLiMP: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "blimp", abstract: "How often does a language model find the right sentence of two likelier?")

    @Argument(help: "A language model that was saved.")
    var model: String
    @Argument(help: "Files with lines of a right sentence, a tab and a wrong one; the samples where none is named.")
    var pairs: [String] = []

    func run() throws {
      let (languageModel, lexicon) = try LanguageModel.read(model, example: LanguageModel.name)
      for pairs in try (pairs.isEmpty ? MinimalPairs.samples : pairs).map(MinimalPairs.init) {
        print("\(pairs.name)  \(pairs.accuracy(of: languageModel, lexicon))")
      }
    }
  }
}

/// Pairs of sentences that differ in little, the first of which is right.
///
/// Warstadt et al., "BLiMP: the benchmark of linguistic minimal pairs for English", 2020.
struct MinimalPairs {
  /// The name of the file.
  let name: String
  private let pairs: [(right: [String], wrong: [String])]

  /// The files that come with the program.
  static var samples: [String] {
    ["determiner_noun_agreement_1", "anaphor_number_agreement"].map { "\(sampleFolder("blimp"))/\($0).tsv" }
  }

  init(_ path: String) throws {
    name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    pairs = try TextFile(path).columns(2).map { (words(of: $0[0].lowercased()), words(of: $0[1].lowercased())) }
  }

  /// How many right sentences a model finds likelier than the wrong ones.
  func accuracy(of model: LanguageModel, _ lexicon: Lexicon) -> Accuracy {
    var accuracy = Accuracy()
    let families = WordFamilies(lexicon.words)
    let all = Set(pairs.flatMap { $0.right + $0.wrong }).union(lexicon.words.words).sorted()
    for start in stride(from: 0, to: pairs.count, by: 50) {
      let some = pairs[start..<min(start + 50, pairs.count)]
      let sentences = (some.map(\.right) + some.map(\.wrong)).map { Treebank.Sentence(words: $0) }
      let batch = LanguageModel.Batch(sentences, others: all, lexicon)
      let scores = model.logProbabilities(batch, families)
      for (right, wrong) in zip(scores, scores.dropFirst(some.count)) { accuracy.count(right > wrong) }
    }
    return accuracy
  }
}
