import ExampleKit
import Recurrent
import RecurrentTraining
import WordReader

/// Words and their characters → bidirectional LSTM → a tag for each word.
struct TaggerModel: AskableModel {
  private(set) var reader: WordReader
  private(set) var lstm: LSTM<Float>
  private var dense: Dense<Float>

  static var parts: [ModelPart<TaggerModel, Float>] {
    [ModelPart("reader", \.reader), ModelPart("lstm", \.lstm), ModelPart("dense", \.dense)]
  }

  init(_ lexicon: Lexicon, seed: UInt64) {
    var seeds = SeededGenerator(seed: seed)
    reader = WordReader(lexicon, seed: seeds.next())
    let configuration = LSTMConfiguration(inputSize: reader.outputSize, hiddenSize: 128, isBidirectional: true)
    lstm = LSTM(configuration, seed: seeds.next())
    dense = Dense(inputSize: 256, outputSize: Treebank.tagNames.count, seed: seeds.next())
  }

  /// The number of the tag of each word, [T, N].
  func tags(of words: SpelledWords) -> IndexTensor {
    dense(lstm(reader(words)(words.places), lengths: words.lengths).hidden).placesOfLargest
  }

  func lossAndGradients(
    _ batch: TaggedBatch, using generator: inout SeededGenerator
  ) -> (loss: Double, gradients: CompositeGradients<Float>) {
    let words = batch.words
    var spelling = reader.tape(for: words)
    let table = reader.forward(words, recording: &spelling)
    let read = table(words.places)
    let inputDropout = DropoutMask<Float>(rate: 0.4, shape: read.shape, using: &generator)
    var tape = Tape(for: lstm, steps: read.shape[0], batchSize: read.shape[1])
    let hidden = lstm.forward(inputDropout(read), lengths: words.lengths, recording: &tape).hidden
    let outputDropout = DropoutMask<Float>(rate: 0.4, shape: hidden.shape, using: &generator)
    let features = outputDropout(hidden)
    let loss = crossEntropy(dense(features), batch.tags)

    var (denseGradients, lstmGradients) = (dense.zeros(), lstm.parameters.zeros())
    let slopes = outputDropout(dense.backward(loss.gradient, input: features, into: &denseGradients))
    let back = lstm.backward(OutputGradients(hidden: slopes), through: &tape, into: &lstmGradients)
    let tableGradient = table.backward(inputDropout(back.input), indices: words.places).dense(count: table.count)
    let readerGradients = reader.backward(tableGradient.weights, words, through: &spelling)
    return (loss.value, ["reader": readerGradients, "lstm": lstmGradients, "dense": denseGradients])
  }

  /// What the forward direction's gates do at each word of a sentence.
  func heatMap(_ sentence: [String], _ lexicon: Lexicon) -> GateHeatMap {
    let words = SpelledWords([sentence], lexicon)
    return GateHeatMap(lstm.gates(reader(words)(words.places))[0], labels: sentence)
  }

  /// How many words it tags right.
  func accuracy(on sentences: [Treebank.Sentence], _ lexicon: Lexicon) -> Accuracy {
    Accuracy(lengths: sentences.map(\.words.count)) { numbers in
      let batch = TaggedBatch(numbers.map { sentences[$0] }, lexicon)
      return (tags(of: batch.words), batch.tags)
    }
  }
}
