import Recurrent
import RecurrentTraining

/// Reads words: a vector for each that is known, and beside it what a bidirectional LSTM makes of its characters.
///
/// Whatever word it is, known or not, its ending, its capitals and its digits say a lot. Each different word of a batch is
/// read once, however often it stands there: the reader gives a table, and sentences look their words up in it.
package struct WordReader: ComposedParameters {
  package typealias Scalar = Float

  private var words: Embedding<Float>
  private var characters: Embedding<Float>
  private var speller: LSTM<Float>

  package static var parts: [ModelPart<WordReader, Float>] {
    [ModelPart("words", \.words), ModelPart("characters", \.characters), ModelPart("speller", \.speller)]
  }

  package init(_ lexicon: Lexicon, wordSize: Int = 100, spellingSize: Int = 32, deviation: Double = 0.1, seed: UInt64) {
    var seeds = SeededGenerator(seed: seed)
    words = Embedding(count: lexicon.words.count, size: wordSize, deviation: deviation, seed: seeds.next())
    characters = Embedding(
      count: lexicon.characters.count, size: spellingSize, deviation: deviation, seed: seeds.next())
    let configuration = LSTMConfiguration(inputSize: spellingSize, hiddenSize: spellingSize, isBidirectional: true)
    speller = LSTM(configuration, seed: seeds.next())
  }

  /// The vector of each known word, [words, size].
  package var wordVectors: Tensor<Float> { words.weights }

  /// The numbers that it gives for a word.
  package var outputSize: Int { words.size + 2 * speller.configuration.hiddenSize }

  /// A row for each different word, [U, outputSize].
  package func callAsFunction(_ batch: SpelledWords) -> Embedding<Float> {
    let output = speller(characters(batch.spellings), lengths: batch.spellingLengths)
    return table(batch, speller.finalHidden(output.final))
  }

  /// A tape for a batch.
  package func tape(for batch: SpelledWords) -> Tape<LSTM<Float>> {
    Tape(for: speller, steps: batch.spellings.shape[0], batchSize: batch.spellingLengths.count)
  }

  /// A row for each different word, and on the tape what the way back needs.
  package func forward(_ batch: SpelledWords, recording tape: inout Tape<LSTM<Float>>) -> Embedding<Float> {
    let output = speller.forward(characters(batch.spellings), lengths: batch.spellingLengths, recording: &tape)
    return table(batch, speller.finalHidden(output.final))
  }

  /// The gradients of the parameters, from that of the table, [U, outputSize].
  package func backward(
    _ gradient: Tensor<Float>, _ batch: SpelledWords, through tape: inout Tape<LSTM<Float>>
  ) -> CompositeGradients<Float> {
    let parts = gradient.split(into: [words.size, outputSize - words.size])
    var spellerGradients = speller.parameters.zeros()
    let back = speller.backward(
      speller.outputGradients(finalHidden: parts[1]), through: &tape, into: &spellerGradients)
    return [
      // Of all words, not of those in the batch alone: Adam's mean carries on with the others, as rare words need it.
      "words": words.backward(parts[0], indices: batch.words).dense(count: words.count),
      "characters": characters.backward(back.input, indices: batch.spellings),
      "speller": spellerGradients,
    ]
  }

  private func table(_ batch: SpelledWords, _ spelled: Tensor<Float>) -> Embedding<Float> {
    Embedding(weights: Tensor(concatenating: [words(batch.words), spelled]))
  }
}
