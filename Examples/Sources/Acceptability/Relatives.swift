import ExampleKit
import Foundation
import Recurrent

/// Words that differ in their endings, or in whose self they mean: sketch and sketches, himself and themselves.
///
/// A language model that has to tell a word from these, and not from words at random alone, learns what the ending is for.
struct Relatives {
  private var families: [String: [String]] = [:]
  private var counts: [String: Int] = [:]
  private var total = 0

  /// The families of the words that are known.
  init(_ words: Vocabulary) {
    for (index, word) in words.words.enumerated() {
      let count = words.occurrences(of: index + 1) ?? 0
      families[Self.family(of: word), default: []].append(word)
      counts[Self.family(of: word), default: 0] += count
      total += count
    }
  }

  /// One word of the family of each of some words.
  func some(of words: [String], using generator: inout SeededGenerator) -> [String] {
    words.compactMap { word in
      guard let family = families[Self.family(of: word)], family.count > 1 else { return nil }
      return family[Int(generator.uniform(0, Double(family.count)))]
    }
  }

  /// The logarithm of how likely some of each word's family are to stand in a batch of training: what the model leaves
  /// to others to know.
  func logChances(of words: [String], tokensInBatch: Double = 1000) -> Tensor<Float> {
    let logs = words.map { word in
      let share = Double(max(counts[Self.family(of: word)] ?? 0, 1)) / Double(total)
      return Float(log(1 - exp(-share * tokensInBatch)))
    }
    return Tensor(shape: [logs.count], elements: logs)
  }

  /// What the words of a family have in common: their first five letters, or all but a last "s" where there are no more.
  private static func family(of word: String) -> String {
    let word = word.lowercased()
    if word.hasSuffix("self") || word.hasSuffix("selves") { return "self" }
    if word.count > 5 { return String(word.prefix(5)) }
    return word.count > 3 && word.hasSuffix("s") ? String(word.dropLast()) : word
  }
}
