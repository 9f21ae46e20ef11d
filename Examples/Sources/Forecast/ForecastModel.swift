import Recurrent
import RecurrentTraining

/// Reads day after day of a quantity, 24 hours at a step, and says how the next day goes.
struct ForecastModel: ComposedModel {
  var lstm: LSTM<Float>
  var dense: Dense<Float>
  /// The share of what the LSTM remembers that a step of training does without.
  var dropout = 0.0

  static var parts: [ModelPart<ForecastModel, Float>] {
    [ModelPart("lstm", \.lstm), ModelPart("dense", \.dense)]
  }

  init(units: Int, dropout: Double = 0, seed: UInt64) {
    lstm = LSTM(inputSize: 24, hiddenSize: units, seed: seed)
    dense = Dense(inputSize: units, outputSize: 24, seed: seed &+ 1)
    self.dropout = dropout
  }

  func lossAndGradients(
    _ batch: DayBatch, using generator: inout SeededGenerator
  ) -> (loss: Double, gradients: CompositeGradients<Float>) {
    var tape = Tape(for: lstm, steps: batch.past.shape[0], batchSize: batch.past.shape[1])
    let memory = lstm.finalHidden(lstm.forward(batch.past, recording: &tape).final)
    let mask = DropoutMask<Float>(rate: dropout, shape: memory.shape, using: &generator)
    let kept = mask(memory)
    let loss = meanSquaredError(dense(kept), batch.future)

    var (lstmGradients, denseGradients) = (lstm.parameters.zeros(), dense.zeros())
    let memoryGradient = mask(dense.backward(loss.gradient, input: kept, into: &denseGradients))
    lstm.backward(lstm.outputGradients(finalHidden: memoryGradient), through: &tape, into: &lstmGradients)
    return (loss.value, ["lstm": lstmGradients, "dense": denseGradients])
  }

  /// The next day after each of some pasts: [N, 24].
  func callAsFunction(_ past: Tensor<Float>) -> Tensor<Float> { dense(lstm.finalHidden(lstm(past).final)) }
}
