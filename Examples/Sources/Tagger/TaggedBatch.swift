import RecurrentTraining
import WordReader

/// Sentences side by side, and the tags of their words.
struct TaggedBatch {
  let words: SpelledWords
  /// [T, N].
  let tags: IndexTensor

  init(_ sentences: [Treebank.Sentence], _ lexicon: Lexicon) {
    words = SpelledWords(sentences.map(\.words), lexicon)
    tags = IndexTensor(padding: sentences.map(\.tags))
  }
}
