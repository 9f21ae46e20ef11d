import Recurrent
import RecurrentVerification

extension LayerCase {
  /// The same case with a regularisation; of C only in a cell that has one.
  func regularized(_ regularization: Regularization) -> LayerCase {
    var example = self
    var hiddenOnly = regularization
    hiddenOnly.cellZoneout = 0
    switch options {
    case .lstm(var configuration):
      configuration.regularization = regularization
      example.options = .lstm(configuration)
    case .gru(var configuration):
      configuration.regularization = hiddenOnly
      example.options = .gru(configuration)
    case .rnn(var configuration):
      configuration.regularization = hiddenOnly
      example.options = .rnn(configuration)
    }
    return example
  }
}

extension Regularization {
  /// Every option alone, and all together.
  static let each = [
    Regularization(dropout: 0.4), Regularization(inputDropout: 0.4), Regularization(recurrentDropout: 0.4),
    Regularization(hiddenZoneout: 0.4), Regularization(cellZoneout: 0.4), Regularization(dropConnect: 0.4), all,
  ]
  static let all = Regularization(
    dropout: 0.3, inputDropout: 0.2, recurrentDropout: 0.3, hiddenZoneout: 0.2, cellZoneout: 0.4, dropConnect: 0.2)
}

/// A plain recurrent network without a function, so that masks can be read off its outputs.
///
/// Every layer's h' is its input, times `input`, plus h, times `recurrent`.
func linearRNN(
  width: Int, layerCount: Int = 1, input: Double, recurrent: Double, _ regularization: Regularization,
  engine: Engine = .naive
) -> RNN<Double> {
  let configuration = RNNConfiguration(
    inputSize: width, hiddenSize: width, layerCount: layerCount, activation: .identity,
    regularization: regularization)
  var matrix = Tensor<Double>(shape: [2 * width, width])
  for unit in 0..<width {
    matrix[unit, unit] = recurrent
    matrix[width + unit, unit] = input
  }
  let weights = RNNWeights(matrix: matrix, bias: Tensor(shape: [width]))
  return RNN(
    configuration,
    parameters: RNNParameters(configuration, weights: [RNNWeights](repeating: weights, count: layerCount)),
    engine: engine)
}

extension RecurrentLayer {
  /// A training run without a way back.
  func trained(
    _ input: Tensor<Scalar>, lengths: [Int]? = nil, from initial: State? = nil, _ masks: Masks?
  ) -> SequenceOutput<State> {
    var tape = Tape(for: self, steps: input.shape[0], batchSize: input.shape[1])
    return forward(input, lengths: lengths, from: initial, recording: &tape, masks: masks, recordingCells: true)
  }
}
