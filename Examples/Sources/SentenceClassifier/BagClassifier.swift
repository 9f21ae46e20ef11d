import Recurrent
import RecurrentTraining

/// Word vectors → their mean → feed-forward → class: the same words in any order are the same to it.
package struct BagClassifier: SentenceClassifier {
  private var embedding: Embedding<Float>
  private var inner: Dense<Float>
  private var dense: Dense<Float>
  private let settings: ClassifierSettings

  package static var parts: [ModelPart<BagClassifier, Float>] {
    [ModelPart("embedding", \.embedding), ModelPart("inner", \.inner), ModelPart("dense", \.dense)]
  }

  package init(vocabularySize: Int, settings: ClassifierSettings, seed: UInt64) {
    self.settings = settings
    var seeds = SeededGenerator(seed: seed)
    embedding = Embedding(count: vocabularySize, size: 100, deviation: settings.deviation, seed: seeds.next())
    inner = Dense(inputSize: 100, outputSize: 256, seed: seeds.next())
    dense = Dense(inputSize: 256, outputSize: 2, seed: seeds.next())
  }

  package func logits(_ batch: SentenceBatch) -> Tensor<Float> {
    dense(rectified(inner(MeanOverTime(embedding(batch.words), lengths: batch.lengths).output)))
  }

  package func lossAndGradients(
    _ batch: SentenceBatch, using generator: inout SeededGenerator
  ) -> (loss: Double, gradients: CompositeGradients<Float>) {
    let vectors = embedding(batch.words)
    let wordDropout = DropoutMask<Float>(rate: settings.wordDropout, shape: vectors.shape, using: &generator)
    let bag = MeanOverTime(wordDropout(vectors), lengths: batch.lengths)
    let units = inner(bag.output)
    let dropout = DropoutMask<Float>(rate: settings.dropout, shape: units.shape, using: &generator)
    let features = dropout(rectified(units))
    let loss = crossEntropy(dense(features), batch.labels)

    var (denseGradients, innerGradients) = (dense.zeros(), inner.zeros())
    let featureGradient = dropout(dense.backward(loss.gradient, input: features, into: &denseGradients))
    let unitGradient = rectified(featureGradient, where: units)
    let bagGradient = inner.backward(unitGradient, input: bag.output, into: &innerGradients)
    // Of all words, not of those in the batch alone: Adam's mean carries on with the others, as rare words need it.
    let wordGradients = embedding.backward(wordDropout(bag.backward(bagGradient)), indices: batch.words).dense(
      count: embedding.count)
    return (loss.value, ["embedding": wordGradients, "inner": innerGradients, "dense": denseGradients])
  }

  /// The numbers above 0 (or where others are), 0 in place of the others.
  private func rectified(_ numbers: Tensor<Float>, where positive: Tensor<Float>? = nil) -> Tensor<Float> {
    let kept = zip(numbers.elements, (positive ?? numbers).elements).map { $1 > 0 ? $0 : 0 }
    return Tensor(shape: numbers.shape, elements: kept)
  }
}
