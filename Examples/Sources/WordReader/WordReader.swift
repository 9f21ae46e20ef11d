import ExampleKit
import Recurrent
import RecurrentFormats
import RecurrentTraining

/// Reads words: a vector for each that is known, and beside it what a bidirectional LSTM makes of its characters.
///
/// Whatever word it is, known or not, its ending, its capitals and its digits say a lot. Each different word of a batch is
/// spelled once, however often it stands there.
package struct WordReader: ComposedParameters {
  package typealias Scalar = Float

  package private(set) var words: Embedding<Float>
  private var characters: Embedding<Float>
  private var speller: LSTM<Float>

  package static var parts: [ModelPart<WordReader, Float>] {
    [ModelPart("words", \.words), ModelPart("characters", \.characters), ModelPart("speller", \.speller)]
  }

  package init(_ lexicon: Lexicon, wordSize: Int = 100, spellingSize: Int = 32, seed: UInt64) {
    var seeds = SeededGenerator(seed: seed)
    words = Embedding(count: lexicon.words.count, size: wordSize, seed: seeds.next())
    characters = Embedding(count: lexicon.characters.count, size: spellingSize, seed: seeds.next())
    let configuration = LSTMConfiguration(inputSize: spellingSize, hiddenSize: spellingSize, isBidirectional: true)
    speller = LSTM(configuration, seed: seeds.next())
  }

  /// The numbers that it gives for a word.
  package var outputSize: Int { words.size + 2 * speller.configuration.hiddenSize }

  /// [T, N, outputSize].
  package func callAsFunction(_ batch: SpelledWords) -> Tensor<Float> {
    let output = speller(characters(batch.spellings), lengths: batch.spellingLengths)
    return features(of: batch, spelled: speller.finalHidden(output.final))
  }

  /// A tape for a batch.
  package func tape(for batch: SpelledWords) -> Tape<LSTM<Float>> {
    Tape(for: speller, steps: batch.spellings.shape[0], batchSize: batch.spellingLengths.count)
  }

  /// [T, N, outputSize], and on the tape what the way back needs.
  package func forward(_ batch: SpelledWords, recording tape: inout Tape<LSTM<Float>>) -> Tensor<Float> {
    let output = speller.forward(
      characters(batch.spellings), lengths: batch.spellingLengths, recording: &tape)
    return features(of: batch, spelled: speller.finalHidden(output.final))
  }

  /// The gradients of the parameters, from those of the features.
  package func backward(
    _ gradient: Tensor<Float>, _ batch: SpelledWords, through tape: inout Tape<LSTM<Float>>
  ) -> CompositeGradients<Float> {
    let parts = gradient.split(into: [words.size, outputSize - words.size])
    // The spelled words are a table that the sentences look into.
    let table = Embedding<Float>(weights: Tensor(shape: [batch.spellingLengths.count, outputSize - words.size]))
    let spelled = table.backward(parts[1], indices: batch.places).dense(count: table.count).weights
    var spellerGradients = speller.parameters.zeros()
    let back = speller.backward(
      speller.outputGradients(finalHidden: spelled), through: &tape, into: &spellerGradients)
    return [
      "words": words.backward(parts[0], indices: batch.words),
      "characters": characters.backward(back.input, indices: batch.spellings),
      "speller": spellerGradients,
    ]
  }

  private func features(of batch: SpelledWords, spelled: Tensor<Float>) -> Tensor<Float> {
    Tensor(concatenating: [words(batch.words), Embedding(weights: spelled)(batch.places)])
  }
}

extension Lexicon {
  /// Reads a lexicon that was saved.
  package init(_ file: TensorFile) throws {
    self.init(
      words: try Vocabulary(file, named: "lexicon.words"), characters: try Vocabulary(file, named: "lexicon.characters")
    )
  }

  /// Saves it beside a model.
  package func save(to file: inout TensorFile) {
    words.save(to: &file, named: "lexicon.words")
    characters.save(to: &file, named: "lexicon.characters")
  }
}
