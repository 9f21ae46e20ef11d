internal import Recurrent

/// A recurrent node of a graph: its options, and its layers where the weights are constants.
struct RecurrentOperator<Scalar: RecurrentScalar>: Sendable {
  let options: RecurrentOptions
  private let engine: Engine
  private let prepared: (any NodeRunner<Scalar>)?

  init(_ node: inout NodeReader, _ cell: ONNXRecurrentNode.Cell, engine: Engine) throws(ONNXError) {
    let limit = cell == .lstm ? 8 : 6
    guard node.inputs.count <= limit, node.outputs.count <= (cell == .lstm ? 3 : 2) else {
      throw node.bad(nil, "\(node.inputs.count) inputs and \(node.outputs.count) outputs")
    }
    options = try RecurrentOptions(&node, cell)
    self.engine = engine
    prepared = nil
  }

  private init(_ other: RecurrentOperator, prepared: any NodeRunner<Scalar>) {
    (options, engine) = (other.options, other.engine)
    self.prepared = prepared
  }

  /// The same with layers that are made once, of weights that are constants.
  func prepared(
    for constants: OperatorInputs<Scalar>, _ budget: inout ElementBudget
  ) throws(ONNXError) -> RecurrentOperator {
    RecurrentOperator(self, prepared: try runner(constants, &budget))
  }

  /// Y [T, D, N, H], Y_h and Y_c [D, N, H]; where the layout is 1 Y [N, T, D, H], and the others [N, D, H].
  func callAsFunction(
    _ inputs: OperatorInputs<Scalar>, _ budget: inout ElementBudget
  ) throws(ONNXError) -> [ONNXValue<Scalar>] {
    let runner = if let prepared { prepared } else { try runner(inputs, &budget) }
    let x = try inputs.numbers(0)
    guard x.shape.count == 3, x.shape[2] == runner.inputSize else {
      throw inputs.bad("X of shape \(x.shape), where the last of 3 dimensions is \(runner.inputSize)")
    }
    let (hiddenSize, directions) = (runner.hiddenSize, options.direction.count)
    let isBatchMajor = options.layout == .batchMajor
    let (steps, sequences) = isBatchMajor ? (x.shape[1], x.shape[0]) : (x.shape[0], x.shape[1])
    let lengths = try lengths(inputs, steps: steps, sequences: sequences)
    // Counted with the gates of all steps, which the engines keep at once.
    try budget.spend([steps, directions, sequences, options.cell.gateCount * hiddenSize], inputs.node)
    try budget.spend([2, directions, sequences, hiddenSize], inputs.node)
    var initial = [try state(inputs, 5, "initial_h", [directions, sequences, hiddenSize])]
    if options.cell == .lstm {
      initial.append(try state(inputs, 6, "initial_c", [directions, sequences, hiddenSize]))
    }

    // Without a step or a sequence there is nothing to run, and the other extent may be any.
    let (hidden, final) =
      x.count == 0
      ? (Tensor(shape: [x.shape[0], x.shape[1], directions * hiddenSize]), initial)
      : runner.run(x, lengths: lengths, from: initial)
    let rows = ONNXValue.numbers(hidden.reshaped(to: [x.shape[0], x.shape[1], directions, hiddenSize]))
    let y = isBatchMajor ? rows : rows.viewed(StridedView(rows.shape).transposed([0, 2, 1, 3]))
    return [y] + final.map { isBatchMajor ? .numbers($0.firstAxesExchanged) : .numbers($0) }
  }

  private func runner(
    _ inputs: OperatorInputs<Scalar>, _ budget: inout ElementBudget
  ) throws(ONNXError) -> any NodeRunner<Scalar> {
    // The canonical form, and that of an engine.
    try budget.spend([2, try inputs.numbers(1).count + inputs.numbers(2).count], inputs.node)
    let weights = try NodeWeights(inputs, options)
    return switch options.cell {
    case .lstm: NodeLayers<LSTM<Scalar>>(options, weights, engine: engine)
    case .gru: NodeLayers<GRU<Scalar>>(options, weights, engine: engine)
    case .rnn: NodeLayers<RNN<Scalar>>(options, weights, engine: engine)
    }
  }

  private func lengths(
    _ inputs: OperatorInputs<Scalar>, steps: Int, sequences: Int
  ) throws(ONNXError) -> [Int]? {
    guard let lengths = try inputs.integers(4) else { return nil }
    guard lengths.count == sequences else {
      throw inputs.bad("sequence_lens of \(lengths.count) elements for \(sequences) sequences")
    }
    if let length = lengths.first(where: { $0 < 0 || $0 > steps }) {
      throw inputs.bad("sequence_lens with \(length) steps of \(steps)")
    }
    return lengths
  }

  /// A part of the initial state, [D, N, H]; zeros where it is left out.
  private func state(
    _ inputs: OperatorInputs<Scalar>, _ index: Int, _ name: String, _ shape: [Int]
  ) throws(ONNXError) -> Tensor<Scalar> {
    if inputs.optional(index) == nil { return Tensor(shape: shape) }
    var state = try inputs.numbers(index)
    if options.layout == .batchMajor, state.shape.count == 3 { state = state.firstAxesExchanged }
    guard state.shape == shape else { throw inputs.bad("\(name) of shape \(state.shape) in place of \(shape)") }
    return state
  }
}

extension Tensor {
  /// [A, B, H] as [B, A, H].
  var firstAxesExchanged: Tensor {
    let view = StridedView(shape).transposed([1, 0, 2])
    return Tensor(shape: view.shape, elements: view.elements(of: elements))
  }
}
