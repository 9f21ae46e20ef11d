import Foundation
import Recurrent
import RecurrentTraining

/// First weights for a long memory, the same rule for every cell: Glorot's uniform distribution, and gates that at first keep
/// what there is for one step up to a whole sequence.
///
/// Tallec & Ollivier, "Can recurrent neural networks warp time?", 2018. A plain RNN has no gate to set so.
enum Cells {
  static func lstm(inputSize: Int, hiddenSize: Int, steps: Int, seed: UInt64) -> LSTM<Float> {
    let initialization = LSTMInitialization(
      input: .glorotUniform, recurrent: .glorotUniform, scope: .perGate, bias: .chrono(maximumSteps: steps))
    return LSTM(
      LSTMConfiguration(inputSize: inputSize, hiddenSize: hiddenSize), initialization: initialization, seed: seed)
  }

  /// The update gate says what stays, and 1 less it what comes in: so its bias alone is set.
  static func gru(inputSize: Int, hiddenSize: Int, steps: Int, seed: UInt64) -> GRU<Float> {
    var seeds = SeededGenerator(seed: seed)
    let configuration = GRUConfiguration(inputSize: inputSize, hiddenSize: hiddenSize)
    var gru = GRU<Float>(configuration, initialization: .glorot, seed: seeds.next())
    var ranges = SeededGenerator(seed: seeds.next())
    var weights = gru.parameters[layer: 0]
    let first = GRUGate.update.rawValue * hiddenSize
    for unit in first..<first + hiddenSize { weights.bias[unit] = Float(log(ranges.uniform(1, Double(steps - 1)))) }
    gru.parameters[layer: 0] = weights
    return gru
  }

  static func rnn(inputSize: Int, hiddenSize: Int, seed: UInt64) -> RNN<Float> {
    RNN(RNNConfiguration(inputSize: inputSize, hiddenSize: hiddenSize), initialization: .glorot, seed: seed)
  }
}
