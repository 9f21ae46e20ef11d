import ExampleKit
import Recurrent
import RecurrentTraining
import WordReader

/// Words and their characters → bidirectional LSTM → how much each word looks out of place → the largest of it.
///
/// That a sentence is broken somewhere is little to learn from; so it is told where, and the parts of speech, too.
struct LSTMJudge: Judge {
  static let name = "lstm"

  private var reader: WordReader
  private var lstm: LSTM<Float>
  private var dense: Dense<Float>

  static var parts: [ModelPart<LSTMJudge, Float>] {
    [ModelPart("reader", \.reader), ModelPart("lstm", \.lstm), ModelPart("dense", \.dense)]
  }

  init(_ lexicon: Lexicon, seed: UInt64) {
    var seeds = SeededGenerator(seed: seed)
    reader = WordReader(lexicon, deviation: 0.3, seed: seeds.next())
    let configuration = LSTMConfiguration(
      inputSize: reader.outputSize, hiddenSize: 128, layerCount: 2, isBidirectional: true)
    lstm = LSTM(configuration, seed: seeds.next())
    dense = Dense(inputSize: 256, outputSize: 1 + Treebank.tagNames.count, seed: seeds.next())
  }

  func suspicion(_ words: SpelledWords) -> Tensor<Float> {
    MaxOverTime(wordSuspicion(words), lengths: words.lengths).output
  }

  /// How much each word looks out of place, [T, N, 1].
  func wordSuspicion(_ words: SpelledWords) -> Tensor<Float> {
    let output = dense(lstm(reader(words)(words.places), lengths: words.lengths).hidden)
    return output.split(into: [1, Treebank.tagNames.count])[0]
  }

  func lossAndGradients(
    _ batch: JudgedBatch, using generator: inout SeededGenerator
  ) -> (loss: Double, gradients: CompositeGradients<Float>) {
    let words = batch.words.forgetting(0.1, using: &generator)
    var spelling = reader.tape(for: words)
    let table = reader.forward(words, recording: &spelling)
    let read = table(words.places)
    let inputDropout = DropoutMask<Float>(rate: 0.2, shape: read.shape, using: &generator)
    var tape = Tape(for: lstm, steps: read.shape[0], batchSize: read.shape[1])
    let hidden = lstm.forward(inputDropout(read), lengths: words.lengths, recording: &tape).hidden
    let outputDropout = DropoutMask<Float>(rate: 0.2, shape: hidden.shape, using: &generator)
    let features = outputDropout(hidden)
    let output = dense(features).split(into: [1, Treebank.tagNames.count])
    let (suspicion, tags) = (output[0], output[1])
    let worst = MaxOverTime(suspicion, lengths: words.lengths)
    let loss = binaryCrossEntropy(worst.output, batch.broken)
    let wordLoss = binaryCrossEntropy(suspicion, batch.breaks, lengths: words.lengths)
    let tagLoss = crossEntropy(tags, batch.tags)

    var (denseGradients, lstmGradients) = (dense.zeros(), lstm.parameters.zeros())
    let suspicionGradient = worst.backward(loss.gradient) + wordLoss.gradient
    let outputGradient = Tensor(concatenating: [suspicionGradient, tagLoss.gradient])
    let slopes = outputDropout(dense.backward(outputGradient, input: features, into: &denseGradients))
    let back = lstm.backward(OutputGradients(hidden: slopes), through: &tape, into: &lstmGradients)
    let tableGradient = table.backward(inputDropout(back.input), indices: words.places).dense(count: table.count)
    let readerGradients = reader.backward(tableGradient.weights, words, through: &spelling)
    return (
      loss.value + wordLoss.value + tagLoss.value,
      ["reader": readerGradients, "lstm": lstmGradients, "dense": denseGradients]
    )
  }
}
