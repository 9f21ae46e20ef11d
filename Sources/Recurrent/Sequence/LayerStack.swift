/// Stacked layers of one cell, ready to run: for each layer and direction an engine with its weights.
public struct LayerStack<Scalar: RecurrentScalar>: Sendable {
  /// The sizes of the stack.
  public let shape: StackShape
  /// What of a layer zones out, in inference too.
  let regularization: Regularization
  /// What was asked to do the arithmetic.
  public let engine: Engine
  /// The kernels of the fused engine.
  let kernels: Kernels
  /// Layer by layer, and in each layer the forward direction first.
  private(set) var engines: [any LayerEngine<Scalar>]
  /// Who may work on a whole-sequence call.
  public var team = ThreadTeam.shared

  /// A stack that has yet to be given its engines.
  init(_ shape: StackShape, _ regularization: Regularization, engine: Engine, kernels: Kernels) {
    self.shape = shape
    self.regularization = regularization
    self.engine = engine
    self.kernels = kernels
    engines = []
  }

  /// Lets go of the engines, and of the weights that they hold, until there are new ones.
  mutating func removeEngines() { engines = [] }

  /// Takes the engines that `make` gives, one for each of `weights`: that for `fused` is nil where the kernels do not
  /// serve the layer, which then runs on `blas`. They do not serve one that zones out.
  mutating func setEngines<Weights>(_ weights: [Weights], _ make: (Weights, Engine) -> (any LayerEngine<Scalar>)?) {
    let engines = weights.compactMap { weights in
      if regularization.zonesOut {
        return make(weights, engine == .naive ? .naive : .blas)?.zoningOut(regularization)
      }
      return make(weights, engine) ?? make(weights, .blas)
    }
    let count = shape.layerCount * shape.directionCount
    require(engines.count == count, "LayerStack: \(engines.count) engines for \(count) layers and directions")
    self.engines = engines
  }

  /// The same layers without zoneout: training has one of its own.
  var withoutZoneout: LayerStack {
    var stack = self
    stack.engines = engines.map { $0.withoutZoneout }
    return stack
  }

  /// The place of a layer and direction in `engines` and in the first dimension of every state.
  func index(_ layer: Int, _ direction: Direction) -> Int { layer * shape.directionCount + direction.rawValue }

  /// The place of a pass's layer and direction.
  func index(_ pass: LayerPass) -> Int { index(pass.layer, pass.direction) }
}

extension LayerStack {
  /// Runs every layer over whole sequences.
  ///
  /// - Parameters:
  ///   - input: T·N rows of I features, in the plan's layout. What is past a sequence's end is never read.
  ///   - state: for each component of the cell's state a tensor [L·D, N, width]. On entry, the state before each
  ///     sequence's first step (in reverse: its last); on return, after its last (first) one.
  ///   - output: T·N rows of D·R, in the plan's layout; 0 past a sequence's end.
  ///   - cells: L·T·N rows of D·H: every cell state, in the same order of rows for each layer; or no rows.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func run(
    _ input: Span<Scalar>, _ plan: BatchPlan, state: inout [Tensor<Scalar>],
    into output: inout MutableMatrixView<Scalar>, cells: inout MutableMatrixView<Scalar>,
    using workspace: inout Workspace<Scalar>
  ) {
    workspace.requireRoom(for: plan, of: self)
    if !plan.isUniform {
      output.fill(with: 0)
      cells.fill(with: 0)
    }
    // The workspace's parts in places of their own, since the spans of two parts of one value exclude each other.
    var packedInput = workspace.input.take()
    var packedOutput = workspace.output.take()
    var middle = workspace.middle.take()
    if !plan.isPacked { plan.pack(input, columns: shape.inputSize, into: packedInput.mutableSpan) }

    var layer = 0
    while layer < shape.layerCount {
      let wave = LayerWave(from: layer, of: self, plan)
      let columns = shape.inputSize(ofLayer: layer)
      workspace.lane.begin(wave.first, of: self, state, isRecording: cells.rows > 0)
      if let second = wave.second { workspace.secondLane.begin(second, of: self, state, isRecording: cells.rows > 0) }
      if plan.isPacked && layer == 0 {
        let x = MatrixView(input, rows: plan.packedRowCount, columns: columns)
        run(wave, x, &workspace.lane, &workspace.secondLane, &middle, &packedOutput, &output)
      } else {
        let x = MatrixView(packedInput.span, rows: plan.packedRowCount, columns: columns)
        run(wave, x, &workspace.lane, &workspace.secondLane, &middle, &packedOutput, &output)
      }
      workspace.lane.end(wave.first, of: self, &state, &cells)
      if let second = wave.second { workspace.secondLane.end(second, of: self, &state, &cells) }
      swap(&packedInput, &packedOutput)
      layer = wave.nextLayer
    }
    if !plan.isPacked {
      plan.unpack(packedInput.span, columns: output.columns, into: &output, firstRow: 0, column: 0)
    }
    workspace.input = packedInput
    workspace.output = packedOutput
    workspace.middle = middle
  }

  /// Runs a wave, the last one of a packed batch straight to the caller's output.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func run(
    _ wave: LayerWave, _ x: borrowing MatrixView<Scalar>, _ lane: inout LaneMemory<Scalar>,
    _ secondLane: inout LaneMemory<Scalar>, _ middle: inout AlignedBuffer<Scalar>,
    _ packedOutput: inout AlignedBuffer<Scalar>, _ output: inout MutableMatrixView<Scalar>
  ) {
    let plan = wave.first.plan
    if plan.isPacked && wave.nextLayer == shape.layerCount {
      run(wave, x, &lane, &secondLane, &middle, &output)
    } else {
      var packed = MutableMatrixView(packedOutput.mutableSpan, rows: plan.packedRowCount, columns: output.columns)
      run(wave, x, &lane, &secondLane, &middle, &packed)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func run(
    _ wave: LayerWave, _ x: borrowing MatrixView<Scalar>, _ lane: inout LaneMemory<Scalar>,
    _ secondLane: inout LaneMemory<Scalar>, _ middle: inout AlignedBuffer<Scalar>,
    _ output: inout MutableMatrixView<Scalar>
  ) {
    let first = engines[index(wave.first)]
    guard let pass = wave.second else { return lane.run(x, wave.first, on: first, output: &output) }
    let second = engines[index(pass)]
    if wave.isSideBySide {
      let middleRows = pass.layer == wave.first.layer ? 0 : x.rows
      var middle = MutableMatrixView(middle.mutableSpan, rows: middleRows, columns: shape.outputSize)
      first.run(
        x, (wave.first, pass), beside: second, memory: &lane, &secondLane, middle: &middle, output: &output)
    } else {
      lane.run(x, wave.first, on: first, output: &output)
      secondLane.run(x, pass, on: second, output: &output)
    }
  }
}

extension LayerState {
  /// Takes the state of one layer and direction out of the user's tensors, sorted by length.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  mutating func load(_ state: [Tensor<Scalar>], _ plan: BatchPlan, _ index: Int) {
    for (component, tensor) in state.enumerated() {
      let width = componentSizes[component]
      let source = MatrixView(
        tensor.span.extracting(droppingFirst: index * plan.batchSize * width), rows: plan.batchSize, columns: width)
      var target = mutableComponent(component)
      for row in 0..<plan.batchSize { target.copy(source, row: plan.order[row], toRow: row, column: 0) }
    }
  }

  /// Puts it back, in the user's order.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func store(_ state: inout [Tensor<Scalar>], _ plan: BatchPlan, _ index: Int) {
    for component in state.indices {
      let width = componentSizes[component]
      let start = index * plan.batchSize * width
      var all = state[component].mutableSpan
      var target = MutableMatrixView(
        all._mutatingExtracting(start..<start + plan.batchSize * width), rows: plan.batchSize, columns: width)
      let source = self.component(component)
      for row in 0..<plan.batchSize { target.copy(source, row: row, toRow: plan.order[row], column: 0) }
    }
  }
}

extension BatchPlan {
  /// Gathers the rows of a tensor that lie inside their sequences.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func pack<Scalar: RecurrentScalar>(_ tensor: Span<Scalar>, columns: Int, into packed: consuming MutableSpan<Scalar>) {
    let source = MatrixView(tensor, rows: stepCount * batchSize, columns: columns)
    var target = MutableMatrixView(packed, rows: packedRowCount, columns: columns)
    for step in activeRows.indices {
      for row in 0..<activeRows[step] {
        target.copy(source, row: tensorRow(row, step), toRow: firstPackedRow[step] + row, column: 0)
      }
    }
  }

  /// Scatters packed rows to where they belong in a tensor whose first row is `firstRow`, from `column` on.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func unpack<Scalar: RecurrentScalar>(
    _ packed: Span<Scalar>, columns: Int, into tensor: inout MutableMatrixView<Scalar>, firstRow: Int, column: Int
  ) {
    let source = MatrixView(packed, rows: packedRowCount, columns: columns)
    for step in activeRows.indices {
      for row in 0..<activeRows[step] {
        tensor.copy(
          source, row: firstPackedRow[step] + row, toRow: firstRow + tensorRow(row, step), column: column)
      }
    }
  }
}
