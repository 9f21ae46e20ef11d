internal import Recurrent

/// A layer that a recurrent node can become.
protocol LoadableLayer<Scalar>: RecurrentLayer {
  static var onnxCell: ONNXRecurrentNode.Cell { get }

  /// The options of a layer with the functions of one direction.
  static func configuration(
    _ options: RecurrentOptions, _ weights: NodeWeights<Scalar>, _ activations: [Activation], isBidirectional: Bool
  ) -> Weights.Configuration

  /// The weights of one direction, in the canonical form.
  static func weights(_ source: NodeWeights<Scalar>.Direction, _ options: RecurrentOptions) -> Weights
}

extension LSTM: LoadableLayer {
  static var onnxCell: ONNXRecurrentNode.Cell { .lstm }

  static func configuration(
    _ options: RecurrentOptions, _ weights: NodeWeights<Scalar>, _ activations: [Activation], isBidirectional: Bool
  ) -> LSTMConfiguration {
    LSTMConfiguration(
      inputSize: weights.inputSize, hiddenSize: weights.hiddenSize, isBidirectional: isBidirectional,
      hasPeepholes: weights.directions[0].peephole != nil,
      activations: LSTMActivations(
        gate: activations[0], candidate: activations[1], output: activations[2],
        couplesForget: options.couplesForget))
  }

  static func weights(_ source: NodeWeights<Scalar>.Direction, _: RecurrentOptions) -> LSTMWeights<Scalar> {
    let blocks = [0, 2, 3, 1]  // i f g o, from i o f c
    return LSTMWeights(
      matrix: source.matrix(blocks: blocks), bias: source.bias(blocks: blocks),
      peephole: source.peephole.map { source.gather($0, blocks: [0, 2, 1]) })  // i f o, from i o f
  }
}

extension GRU: LoadableLayer {
  static var onnxCell: ONNXRecurrentNode.Cell { .gru }

  static func configuration(
    _ options: RecurrentOptions, _ weights: NodeWeights<Scalar>, _ activations: [Activation], isBidirectional: Bool
  ) -> GRUConfiguration {
    GRUConfiguration(
      inputSize: weights.inputSize, hiddenSize: weights.hiddenSize, isBidirectional: isBidirectional,
      reset: options.reset, activations: GRUActivations(gate: activations[0], candidate: activations[1]))
  }

  static func weights(_ source: NodeWeights<Scalar>.Direction, _ options: RecurrentOptions) -> GRUWeights<Scalar> {
    let blocks = [1, 0, 2]  // r z n, from z r h
    let isAfter = options.reset == .afterProduct
    return GRUWeights(
      matrix: source.matrix(blocks: blocks), bias: source.bias(blocks: blocks, apart: isAfter ? 2 : nil),
      recurrentBias: isAfter ? source.gather(source.recurrentBias, blocks: [2]) : nil)
  }
}

extension RNN: LoadableLayer {
  static var onnxCell: ONNXRecurrentNode.Cell { .rnn }

  static func configuration(
    _: RecurrentOptions, _ weights: NodeWeights<Scalar>, _ activations: [Activation], isBidirectional: Bool
  ) -> RNNConfiguration {
    RNNConfiguration(
      inputSize: weights.inputSize, hiddenSize: weights.hiddenSize, isBidirectional: isBidirectional,
      activation: activations[0])
  }

  static func weights(_ source: NodeWeights<Scalar>.Direction, _: RecurrentOptions) -> RNNWeights<Scalar> {
    RNNWeights(matrix: source.matrix(blocks: [0]), bias: source.bias(blocks: [0]))
  }
}
