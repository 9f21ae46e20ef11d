extension RecurrentLayer {
  /// Runs whole sequences, and leaves on the tape what `backward` needs. What was on the tape before is gone.
  ///
  /// The outputs are those of the call without a tape: to the last bit on the engines `naive` and `fused`, and within
  /// rounding on `blas`.
  ///
  /// - Parameters:
  ///   - input: [T, N, I], or [N, T, I] where `layout` is batch-major. T may be less than the tape was made for; N not.
  ///   - lengths: the steps of each of the N sequences, from 0 to T; all of them T where nil.
  ///   - initial: the state before the first step, zeros where nil.
  ///   - layout: the order of the first two dimensions of input and output.
  ///   - tape: made for this layer, or for one with the same sizes.
  ///   - masks: where chance comes from, for a layer with a regularisation, which needs it; others have no use for it.
  ///   - recordingCells: whether C of every layer and step is returned, in a cell that has one.
  /// - Complexity: O(Σ lengths · G·H·(I + R) · L·D), and O(T·N·D·R) for an output full of zeros.
  @specialized(where Self == LSTM<Float>)
  @specialized(where Self == LSTM<Double>)
  @specialized(where Self == GRU<Float>)
  @specialized(where Self == GRU<Double>)
  @specialized(where Self == RNN<Float>)
  @specialized(where Self == RNN<Double>)
  public func forward(
    _ input: Tensor<Scalar>, lengths: [Int]? = nil, from initial: State? = nil, layout: SequenceLayout = .timeMajor,
    recording tape: inout Tape<Self>, masks: Masks? = nil, recordingCells: Bool = false
  ) -> SequenceOutput<State> {
    let shape = stack.shape
    require(input.shape.count == 3, "forward: an input of \(input.shape.count) dimensions in place of 3")
    let (first, second, features) = (input.shape[0], input.shape[1], input.shape[2])
    require(features == shape.inputSize, "forward: \(features) features for an input size of \(shape.inputSize)")
    let (stepCount, batchSize) = layout == .timeMajor ? (first, second) : (second, first)
    tape.requireRoom(for: shape, stepCount: stepCount, batchSize: batchSize)
    var components = (initial ?? zeroState(batchSize: batchSize)).components
    shape.requireState(components, batchSize: batchSize)
    let plan = BatchPlan(stepCount: stepCount, batchSize: batchSize, layout: layout, lengths: lengths)
    let runMasks = RunMasks(configuration.regularization, masks, plan)

    let (outputWidth, cellWidth) = (shape.outputSize * shape.directionCount, shape.hiddenSize * shape.directionCount)
    let rows = checkedProduct("forward", first, second, sizeof: Scalar.self)
    let cellRows = recordingCells && shape.hasCell ? rows * shape.layerCount : 0
    var hidden = Tensor<Scalar>(shape: [first, second, outputWidth])
    var cells = Tensor<Scalar>(shape: [cellRows, cellWidth])
    tape.run = nil
    team.withThreadsAwake {
      let run = TrainingRun(
        engines: trainingEngines(runMasks, tape.shelf), tape: tape.plan, plan: plan, team: team,
        isNaive: runningEngine == .naive, masks: runMasks, input: input)
      withDenormalsFlushed(unless: run.isNaive) {
        tape.lend(to: run) { memory, desk in
          var output = MutableMatrixView(hidden.mutableSpan, rows: rows, columns: outputWidth)
          var cellOutput = MutableMatrixView(cells.mutableSpan, rows: cellRows, columns: cellWidth)
          run.record(state: &components, output: &output, cells: &cellOutput, memory: &memory, desk: &desk)
        }
      }
      tape.run = run
    }
    return SequenceOutput(
      hidden: hidden, final: State(components: components),
      cells: cellRows > 0 ? cells.reshaped(to: [shape.layerCount, first, second, cellWidth]) : nil)
  }

  /// Goes back through the run that is on the tape, with the weights that it ran with. It is gone from the tape then.
  ///
  /// Gradients are the same bits for any number of threads, any limit of the tape's memory, and any padding. They are sums
  /// over the sequences of the batch, so they do depend on what else is in it.
  ///
  /// Where gradients explode on their way through time, `clippingHidden` holds them: whatever arrives at h of a step and
  /// layer, from the step after it, from above and from the loss together, is brought within [−limit, limit], number by
  /// number, before it goes through the cell. (With zoneout before it is split, with a projection before that. Gradients
  /// of C are left alone, and so are those of the initial state.) The gradients are then no longer those of the loss, but
  /// each has passed T cells and no more than the limit into any of them. (Graves, "Generating sequences with recurrent
  /// neural networks", 2013, did so at the gates.) It differs from clipping the gradients of the weights afterwards, which
  /// scales what has exploded together with what has not.
  ///
  /// - Parameters:
  ///   - outputs: the gradients of a loss by the outputs of the run.
  ///   - tape: the one that `forward` recorded on.
  ///   - gradients: the gradients by the weights, of the shapes of `parameters`: `parameters.zeros()` at first.
  ///   - accumulating: whether they are added to what stands in `gradients`; else they take its place.
  ///   - limit: how far from 0 a gradient of h may be when it goes through a step, above 0; any where nil.
  /// - Returns: the gradients by the inputs and by the initial state.
  /// - Complexity: twice that of `forward`, and where the tape does not keep everything once more that of `forward`.
  @specialized(where Self == LSTM<Float>)
  @specialized(where Self == LSTM<Double>)
  @specialized(where Self == GRU<Float>)
  @specialized(where Self == GRU<Double>)
  @specialized(where Self == RNN<Float>)
  @specialized(where Self == RNN<Double>)
  @discardableResult
  public func backward(
    _ outputs: OutputGradients<State>, through tape: inout Tape<Self>,
    into gradients: inout LayerParameters<Weights>, accumulating: Bool = false, clippingHidden limit: Scalar? = nil
  ) -> InputGradients<State> {
    guard var run = tape.run.take() else {
      fatalError("backward: the tape holds 0 runs; there must be 1, which `forward` records")
    }
    if let limit {
      require(limit > 0, "backward: a limit of \(limit) for gradients of h; it must be above 0")
      run.hiddenGradientLimit = Double(limit)
    }
    let (shape, plan) = (stack.shape, run.plan)
    let (first, second) = (run.input.shape[0], run.input.shape[1])
    outputs.requireShapes(shape, first, second)
    _ = LayerParameters(configuration, weights: gradients.weights)  // traps where shapes disagree
    var components = (outputs.final ?? zeroState(batchSize: plan.batchSize)).components
    shape.requireState(components, batchSize: plan.batchSize)
    var input = Tensor<Scalar>(shape: run.input.shape)
    team.withThreadsAwake {
      withDenormalsFlushed(unless: run.isNaive) {
        var inputRows = MutableMatrixView(input.mutableSpan, rows: first * second, columns: shape.inputSize)
        run.throughDropConnect(into: &gradients, adding: accumulating) { gradients, adding in
          tape.lend(to: run) { memory, desk in
            run.backward(
              hidden: outputs.hidden, cells: outputs.cells, state: &components, input: &inputRows, weights: &gradients,
              adding: adding, memory: &memory, desk: &desk)
          }
        }
      }
    }
    return InputGradients(input: input, initial: State(components: components))
  }
}

extension Tape {
  /// Traps unless a run of such a layer fits.
  func requireRoom(for shape: StackShape, stepCount: Int, batchSize: Int) {
    require(shape == plan.shape, "Tape: made for the sizes \(plan.shape), used with \(shape)")
    require(
      stepCount <= plan.stepCount, "Tape: made for \(plan.stepCount) steps, used with \(stepCount)")
    require(
      batchSize == plan.batchSize, "Tape: made for \(plan.batchSize) sequences, used with \(batchSize)")
  }
}

extension OutputGradients {
  /// Traps unless the gradients are those of a run whose input has the dimensions [first, second, I].
  fileprivate func requireShapes(_ shape: StackShape, _ first: Int, _ second: Int) {
    if let hidden {
      let expected = [first, second, shape.outputSize * shape.directionCount]
      require(hidden.shape == expected, "backward: gradients of h of shape \(hidden.shape) in place of \(expected)")
    }
    if let cells {
      require(shape.hasCell, "backward: gradients of C of shape \(cells.shape) for a cell that has none")
      let expected = [shape.layerCount, first, second, shape.hiddenSize * shape.directionCount]
      require(cells.shape == expected, "backward: gradients of C of shape \(cells.shape) in place of \(expected)")
    }
  }
}

extension ParameterSet {
  /// Sets every number to 0.
  mutating func clear() {
    updateEach { _, tensor in
      var elements = tensor.mutableSpan
      elements.update(repeating: 0)
    }
  }
}
