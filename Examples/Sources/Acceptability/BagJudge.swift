import ExampleKit
import Recurrent
import RecurrentTraining
import WordReader

/// The same words, read in the same way → their mean → feed-forward: in any order they are the same to it.
struct BagJudge: Judge {
  static let name = "bag"

  private var reader: WordReader
  private var inner: Dense<Float>
  private var dense: Dense<Float>

  static var parts: [ModelPart<BagJudge, Float>] {
    [ModelPart("reader", \.reader), ModelPart("inner", \.inner), ModelPart("dense", \.dense)]
  }

  init(_ lexicon: Lexicon, seed: UInt64) {
    var seeds = SeededGenerator(seed: seed)
    reader = WordReader(lexicon, seed: seeds.next())
    inner = Dense(inputSize: reader.outputSize, outputSize: 256, seed: seeds.next())
    dense = Dense(inputSize: 256, outputSize: 1, seed: seeds.next())
  }

  func suspicion(_ words: SpelledWords) -> Tensor<Float> {
    dense(Rectifier(inner(MeanOverTime(reader(words)(words.places), lengths: words.lengths).output)).output)
  }

  func lossAndGradients(
    _ batch: JudgedBatch, using generator: inout SeededGenerator
  ) -> (loss: Double, gradients: CompositeGradients<Float>) {
    let words = batch.words
    var spelling = reader.tape(for: words)
    let table = reader.forward(words, recording: &spelling)
    let bag = MeanOverTime(table(words.places), lengths: words.lengths)
    let units = Rectifier(inner(bag.output))
    let dropout = DropoutMask<Float>(rate: 0.3, shape: units.output.shape, using: &generator)
    let features = dropout(units.output)
    let loss = binaryCrossEntropy(dense(features), batch.broken)

    var (denseGradients, innerGradients) = (dense.zeros(), inner.zeros())
    let unitGradient = dropout(dense.backward(loss.gradient, input: features, into: &denseGradients))
    let bagGradient = inner.backward(units.backward(unitGradient), input: bag.output, into: &innerGradients)
    let tableGradient = table.backward(bag.backward(bagGradient), indices: words.places).dense(count: table.count)
    let readerGradients = reader.backward(tableGradient.weights, words, through: &spelling)
    return (loss.value, ["reader": readerGradients, "inner": innerGradients, "dense": denseGradients])
  }
}
