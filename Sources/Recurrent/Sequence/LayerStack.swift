/// Stacked layers of one cell, ready to run: for each layer and direction an engine with its weights.
public struct LayerStack<Scalar: RecurrentScalar>: Sendable {
  /// The sizes of the stack.
  public let shape: StackShape
  /// What was asked to do the arithmetic.
  public let engine: Engine
  /// The kernels of the fused engine.
  let kernels: Kernels
  /// Layer by layer, and in each layer the forward direction first.
  private(set) var engines: [any LayerEngine<Scalar>]
  /// Who may work on a whole-sequence call.
  public var team = ThreadTeam.shared

  /// A stack that has yet to be given its engines.
  init(_ shape: StackShape, engine: Engine, kernels: Kernels) {
    self.shape = shape
    self.engine = engine
    self.kernels = kernels
    engines = []
  }

  /// Lets go of the engines, and of the weights that they hold, until there are new ones.
  mutating func removeEngines() { engines = [] }

  /// Takes the engines that `make` gives, one for each of `weights`: that for `fused` is nil where the kernels do not
  /// serve the layer, which then runs on `blas`.
  mutating func setEngines<Weights>(_ weights: [Weights], _ make: (Weights, Engine) -> (any LayerEngine<Scalar>)?) {
    let engines = weights.compactMap { make($0, engine) ?? make($0, .blas) }
    let count = shape.layerCount * shape.directionCount
    require(engines.count == count, "LayerStack: \(engines.count) engines for \(count) layers and directions")
    self.engines = engines
  }

  /// The place of a layer and direction in `engines` and in the first dimension of every state.
  func index(_ layer: Int, _ direction: Direction) -> Int { layer * shape.directionCount + direction.rawValue }

  /// The directions of a layer.
  var directions: ArraySlice<Direction> { Direction.allCases.prefix(shape.directionCount) }
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
    var scratch = workspace.scratch.take()
    var record = AlignedBuffer<Scalar>(count: cells.rows > 0 ? plan.packedRowCount * shape.hiddenSize : 0)

    if !plan.isPacked { plan.pack(input, columns: shape.inputSize, into: packedInput.mutableSpan) }
    for layer in 0..<shape.layerCount {
      let columns = shape.inputSize(ofLayer: layer)
      for direction in directions {
        let pass = LayerPass(
          plan: plan, layer: layer, direction: direction, outputColumn: direction.rawValue * shape.outputSize,
          team: team)
        workspace.state.load(state, plan, index(layer, direction))
        if plan.isPacked && layer == 0 {
          let x = MatrixView(input, rows: plan.packedRowCount, columns: columns)
          run(x, pass, &workspace.state, &output, &packedOutput, &record, &scratch)
        } else {
          let x = MatrixView(packedInput.span, rows: plan.packedRowCount, columns: columns)
          run(x, pass, &workspace.state, &output, &packedOutput, &record, &scratch)
        }
        workspace.state.store(&state, plan, index(layer, direction))
        if cells.rows > 0 {
          plan.unpack(
            record.span, columns: shape.hiddenSize, into: &cells, firstRow: layer * plan.stepCount * plan.batchSize,
            column: direction.rawValue * shape.hiddenSize)
        }
      }
      swap(&packedInput, &packedOutput)
    }
    if !plan.isPacked {
      plan.unpack(packedInput.span, columns: output.columns, into: &output, firstRow: 0, column: 0)
    }
    workspace.input = packedInput
    workspace.output = packedOutput
    workspace.scratch = scratch
  }

  /// Runs one layer and direction, the last layer of a packed batch straight to the caller's output.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func run(
    _ x: borrowing MatrixView<Scalar>, _ pass: LayerPass, _ state: inout LayerState<Scalar>,
    _ output: inout MutableMatrixView<Scalar>, _ packedOutput: inout AlignedBuffer<Scalar>,
    _ record: inout AlignedBuffer<Scalar>, _ scratch: inout AlignedBuffer<Scalar>
  ) {
    let engine = engines[index(pass.layer, pass.direction)]
    let recordedRows = record.count / shape.hiddenSize
    var cells = MutableMatrixView(record.mutableSpan, rows: recordedRows, columns: shape.hiddenSize)
    if pass.plan.isPacked && pass.layer == shape.layerCount - 1 {
      engine.run(x, pass, state: &state, output: &output, cells: &cells, scratch: &scratch)
    } else {
      var packed = MutableMatrixView(
        packedOutput.mutableSpan, rows: pass.plan.packedRowCount, columns: output.columns)
      engine.run(x, pass, state: &state, output: &packed, cells: &cells, scratch: &scratch)
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
