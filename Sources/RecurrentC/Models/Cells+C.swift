internal import CRecurrent
internal import Recurrent

/// A layer of Float that C callers can make.
protocol CellLayer: RecurrentLayer where Scalar == Float, Weights.Configuration: DescribableConfiguration {
  /// Every number 0, to be replaced.
  static var zeros: Weights.Initialization { get }
}

extension LSTM<Float>: CellLayer {
  static var zeros: LSTMInitialization {
    LSTMInitialization(
      input: .constant(0), recurrent: .constant(0), scope: .wholeMatrix, bias: .forget(0), projection: .constant(0))
  }
}

extension GRU<Float>: CellLayer {
  static var zeros: GRUInitialization {
    GRUInitialization(input: .constant(0), recurrent: .constant(0), scope: .wholeMatrix, bias: .constant(0))
  }
}

extension RNN<Float>: CellLayer {
  static var zeros: RNNInitialization {
    RNNInitialization(input: .constant(0), recurrent: .constant(0), bias: .constant(0))
  }
}

extension LSTMConfiguration: DescribableConfiguration {
  init(cell c: recurrent_configuration) throws(Failure) {
    try c.checkNoReset("an LSTM")
    let activations = LSTMActivations(
      gate: try Activation("gate_activation", c.gate_activation, usual: .sigmoid),
      candidate: try Activation("candidate_activation", c.candidate_activation, usual: .tanh),
      output: try Activation("output_activation", c.output_activation, usual: .tanh),
      couplesForget: c.couples_forget != 0)
    self.init(
      inputSize: c.input_size, hiddenSize: c.hidden_size,
      projectionSize: c.projection_size == 0 ? nil : c.projection_size, hasPeepholes: c.has_peepholes != 0,
      activations: activations, layerNormalization: c.normalization)
  }

  func describeCell(in c: inout recurrent_configuration) {
    c.cell = RECURRENT_LSTM
    c.projection_size = projectionSize ?? 0
    c.has_peepholes = hasPeepholes ? 1 : 0
    c.couples_forget = activations.couplesForget ? 1 : 0
    c.normalization_epsilon = layerNormalization?.epsilon ?? 0
    c.gate_activation = activations.gate.described
    c.candidate_activation = activations.candidate.described
    c.output_activation = activations.output.described
  }

  var furtherParameters: Double {
    Double(hiddenSize)
      * Double((hasPeepholes ? 3 : 0) + (projectionSize ?? 0) + (layerNormalization == nil ? 0 : 2 * 4 + 2))
  }
}

extension GRUConfiguration: DescribableConfiguration {
  init(cell c: recurrent_configuration) throws(Failure) {
    try c.checkNoLSTMOptions("a GRU")
    let isKnown = c.reset == RECURRENT_AFTER_PRODUCT || c.reset == RECURRENT_BEFORE_PRODUCT
    try check(isKnown, "reset is \(c.reset.rawValue), which is no place for it")
    let activations = GRUActivations(
      gate: try Activation("gate_activation", c.gate_activation, usual: .sigmoid),
      candidate: try Activation("candidate_activation", c.candidate_activation, usual: .tanh))
    self.init(
      inputSize: c.input_size, hiddenSize: c.hidden_size,
      reset: c.reset == RECURRENT_AFTER_PRODUCT ? .afterProduct : .beforeProduct, activations: activations,
      layerNormalization: c.normalization)
  }

  func describeCell(in c: inout recurrent_configuration) {
    c.cell = RECURRENT_GRU
    c.reset = reset == .afterProduct ? RECURRENT_AFTER_PRODUCT : RECURRENT_BEFORE_PRODUCT
    c.normalization_epsilon = layerNormalization?.epsilon ?? 0
    c.gate_activation = activations.gate.described
    c.candidate_activation = activations.candidate.described
  }

  var furtherParameters: Double {
    Double(hiddenSize) * Double((reset == .afterProduct ? 1 : 0) + (layerNormalization == nil ? 0 : 2 * 3))
  }
}

extension RNNConfiguration: DescribableConfiguration {
  init(cell c: recurrent_configuration) throws(Failure) {
    try c.checkNoLSTMOptions("an RNN")
    try c.checkNoReset("an RNN")
    try checkAbsent("gate_activation", c.gate_activation, in: "an RNN")
    try check(
      c.normalization_epsilon == 0,
      "normalization_epsilon is \(c.normalization_epsilon), but an RNN has no layer normalisation")
    self.init(
      inputSize: c.input_size, hiddenSize: c.hidden_size,
      activation: try Activation("candidate_activation", c.candidate_activation, usual: .tanh))
  }

  func describeCell(in c: inout recurrent_configuration) {
    c.cell = RECURRENT_RNN
    c.candidate_activation = activation.described
  }

  var furtherParameters: Double { 0 }
}
