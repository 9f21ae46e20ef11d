import ExampleKit
import Recurrent
import RecurrentTraining

/// Word vectors → their mean → feed-forward → class: the same words in any order are the same to it.
struct BagClassifier: SentenceClassifier {
  private var embedding: Embedding<Float>
  private var inner: Dense<Float>
  private var dense: Dense<Float>

  static var parts: [ModelPart<BagClassifier, Float>] {
    [ModelPart("embedding", \.embedding), ModelPart("inner", \.inner), ModelPart("dense", \.dense)]
  }

  init(_ vocabulary: Vocabulary, seed: UInt64) {
    var seeds = SeededGenerator(seed: seed)
    embedding = Embedding(count: vocabulary.count, size: 100, deviation: 0.1, seed: seeds.next())
    inner = Dense(inputSize: 100, outputSize: 256, seed: seeds.next())
    dense = Dense(inputSize: 256, outputSize: 2, seed: seeds.next())
  }

  func logits(_ batch: ReviewBatch) -> Tensor<Float> {
    dense(Rectifier(inner(MeanOverTime(embedding(batch.words), lengths: batch.lengths).output)).output)
  }

  func lossAndGradients(
    _ batch: ReviewBatch, using generator: inout SeededGenerator
  ) -> (loss: Double, gradients: CompositeGradients<Float>) {
    let vectors = embedding(batch.words)
    let wordDropout = DropoutMask<Float>(rate: 0.3, shape: vectors.shape, using: &generator)
    let bag = MeanOverTime(wordDropout(vectors), lengths: batch.lengths)
    let units = Rectifier(inner(bag.output))
    let dropout = DropoutMask<Float>(rate: 0.5, shape: units.output.shape, using: &generator)
    let features = dropout(units.output)
    let loss = crossEntropy(dense(features), batch.labels)

    var (denseGradients, innerGradients) = (dense.zeros(), inner.zeros())
    let featureGradient = dropout(dense.backward(loss.gradient, input: features, into: &denseGradients))
    let unitGradient = units.backward(featureGradient)
    let bagGradient = inner.backward(unitGradient, input: bag.output, into: &innerGradients)
    // Of all words, not of those in the batch alone: Adam's mean carries on with the others, as rare words need it.
    let wordGradients = embedding.backward(wordDropout(bag.backward(bagGradient)), indices: batch.words).dense(
      count: embedding.count)
    return (loss.value, ["embedding": wordGradients, "inner": innerGradients, "dense": denseGradients])
  }
}
