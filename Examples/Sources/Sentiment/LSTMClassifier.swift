import ExampleKit
import Recurrent
import RecurrentTraining

/// Word vectors → bidirectional LSTM → the largest of each feature over time → class.
struct LSTMClassifier: SentenceClassifier {
  private var embedding: Embedding<Float>
  private var lstm: LSTM<Float>
  private var dense: Dense<Float>

  static var parts: [ModelPart<LSTMClassifier, Float>] {
    [ModelPart("embedding", \.embedding), ModelPart("lstm", \.lstm), ModelPart("dense", \.dense)]
  }

  init(_ vocabulary: Vocabulary, seed: UInt64) {
    var seeds = SeededGenerator(seed: seed)
    embedding = Embedding(count: vocabulary.count, size: 100, deviation: 0.1, seed: seeds.next())
    lstm = LSTM(LSTMConfiguration(inputSize: 100, hiddenSize: 128, isBidirectional: true), seed: seeds.next())
    dense = Dense(inputSize: 256, outputSize: 2, seed: seeds.next())
  }

  func logits(_ batch: ReviewBatch) -> Tensor<Float> {
    let hidden = lstm(embedding(batch.words), lengths: batch.lengths).hidden
    return dense(MaxOverTime(hidden, lengths: batch.lengths).output)
  }

  /// What the forward direction's gates do at each word of a sentence.
  func heatMap(_ review: Review, _ vocabulary: Vocabulary) -> GateHeatMap {
    GateHeatMap(lstm.gates(embedding(ReviewBatch([review], vocabulary).words))[0], labels: review.words)
  }

  func lossAndGradients(
    _ batch: ReviewBatch, using generator: inout SeededGenerator
  ) -> (loss: Double, gradients: CompositeGradients<Float>) {
    let vectors = embedding(batch.words)
    let wordDropout = DropoutMask<Float>(rate: 0.3, shape: vectors.shape, using: &generator)
    var tape = Tape(for: lstm, steps: batch.words.shape[0], batchSize: batch.lengths.count)
    let hidden = lstm.forward(wordDropout(vectors), lengths: batch.lengths, recording: &tape).hidden
    let pooled = MaxOverTime(hidden, lengths: batch.lengths)
    let dropout = DropoutMask<Float>(rate: 0.5, shape: pooled.output.shape, using: &generator)
    let features = dropout(pooled.output)
    let loss = crossEntropy(dense(features), batch.labels)

    var (denseGradients, lstmGradients) = (dense.zeros(), lstm.parameters.zeros())
    let featureGradient = dense.backward(loss.gradient, input: features, into: &denseGradients)
    let hiddenGradient = OutputGradients<LSTM<Float>.State>(hidden: pooled.backward(dropout(featureGradient)))
    let vectorGradient = lstm.backward(hiddenGradient, through: &tape, into: &lstmGradients).input
    // Of all words, not of those in the batch alone: Adam's mean carries on with the others, as rare words need it.
    let wordGradients = embedding.backward(wordDropout(vectorGradient), indices: batch.words).dense(
      count: embedding.count)
    return (loss.value, ["embedding": wordGradients, "lstm": lstmGradients, "dense": denseGradients])
  }
}
