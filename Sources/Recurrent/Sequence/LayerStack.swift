/// Stacked layers of one cell, ready to run: for each layer and direction an engine with its weights.
public struct LayerStack<Scalar: RecurrentScalar>: Sendable {
  /// The sizes of the stack.
  public let shape: StackShape
  /// Layer by layer, and in each layer the forward direction first.
  let engines: [any LayerEngine<Scalar>]

  init(_ shape: StackShape, engines: [any LayerEngine<Scalar>]) {
    self.shape = shape
    self.engines = engines
  }

  /// The place of a layer and direction in `engines` and in the first dimension of every state.
  func index(_ layer: Int, _ direction: Direction) -> Int { layer * shape.directionCount + direction.rawValue }

  /// The directions of a layer.
  var directions: ArraySlice<Direction> { Direction.allCases.prefix(shape.directionCount) }

  /// Traps unless `state` is one of this stack for `batchSize` sequences.
  func requireState(_ state: [Tensor<Scalar>], batchSize: Int) {
    let sizes = shape.componentSizes
    require(state.count == sizes.count, "state: \(state.count) components for a cell that has \(sizes.count)")
    for (tensor, width) in zip(state, sizes) {
      let expected = [shape.layerCount * shape.directionCount, batchSize, width]
      require(tensor.shape == expected, "state: a component of shape \(tensor.shape) in place of \(expected)")
    }
  }
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
  func run(
    _ input: Span<Scalar>, _ plan: BatchPlan, state: inout [Tensor<Scalar>],
    into output: inout MutableMatrixView<Scalar>, cells: inout MutableMatrixView<Scalar>,
    using workspace: inout Workspace<Scalar>
  ) {
    workspace.requireRoom(for: plan, of: shape)
    if plan.packedRowCount < plan.stepCount * plan.batchSize {
      output.fill(with: 0)
      cells.fill(with: 0)
    }
    if !plan.isPacked { plan.pack(input, width: shape.inputSize, into: workspace.input.mutableSpan) }
    for layer in 0..<shape.layerCount {
      for direction in directions {
        workspace.state.load(state, plan, index(layer, direction))
        if plan.isPacked && layer == 0 {
          project(layer, direction, plan, input, &workspace.preactivations)
        } else {
          project(layer, direction, plan, workspace.input, &workspace.preactivations)
        }
        if plan.isPacked && layer == shape.layerCount - 1 {
          walk(layer, direction, plan, &workspace.preactivations, &workspace.state, &output, &cells)
        } else {
          walk(
            layer, direction, plan, &workspace.preactivations, &workspace.state, packed: &workspace.output, &cells)
        }
        workspace.state.store(&state, plan, index(layer, direction))
      }
      swap(&workspace.input, &workspace.output)
    }
    if !plan.isPacked { plan.unpack(workspace.input.span, into: &output) }
  }

  /// The input product of one layer and direction over all steps.
  private func project(
    _ layer: Int, _ direction: Direction, _ plan: BatchPlan, _ input: Span<Scalar>,
    _ preactivations: inout AlignedBuffer<Scalar>
  ) {
    let engine = engines[index(layer, direction)]
    var z = MutableMatrixView(
      preactivations.mutableSpan, rows: plan.packedRowCount, columns: engine.preactivationStride)
    let x = MatrixView(input, rows: plan.packedRowCount, columns: shape.inputSize(ofLayer: layer))
    engine.projectInput(x, into: &z)
  }

  private func project(
    _ layer: Int, _ direction: Direction, _ plan: BatchPlan, _ input: borrowing AlignedBuffer<Scalar>,
    _ preactivations: inout AlignedBuffer<Scalar>
  ) {
    project(layer, direction, plan, input.span, &preactivations)
  }

  private func walk(
    _ layer: Int, _ direction: Direction, _ plan: BatchPlan,
    _ preactivations: inout AlignedBuffer<Scalar>, _ state: inout LayerState<Scalar>,
    packed output: inout AlignedBuffer<Scalar>, _ cells: inout MutableMatrixView<Scalar>
  ) {
    var rows = MutableMatrixView(
      output.mutableSpan, rows: plan.packedRowCount, columns: shape.outputSize * shape.directionCount)
    walk(layer, direction, plan, &preactivations, &state, &rows, &cells)
  }

  /// The time loop of one layer and direction: a step, then its h to the packed rows of the output.
  private func walk(
    _ layer: Int, _ direction: Direction, _ plan: BatchPlan,
    _ preactivations: inout AlignedBuffer<Scalar>, _ state: inout LayerState<Scalar>,
    _ output: inout MutableMatrixView<Scalar>, _ cells: inout MutableMatrixView<Scalar>
  ) {
    let engine = engines[index(layer, direction)]
    let stride = engine.preactivationStride
    for step in plan.steps(direction) {
      let rows = plan.packedRows(step)
      var all = preactivations.mutableSpan
      var z = MutableMatrixView(
        all._mutatingExtracting(rows.lowerBound * stride..<rows.upperBound * stride), rows: rows.count, columns: stride)
      engine.advance(&state, projected: &z)
      state.copyHidden(
        rows: rows.count, to: &output, firstRow: rows.lowerBound, column: direction.rawValue * shape.outputSize)
      guard cells.rows > 0 else { continue }
      for row in 0..<rows.count {
        cells.copy(
          state.component(1), row: row,
          toRow: layer * plan.stepCount * plan.batchSize + plan.tensorRow(row, step),
          column: direction.rawValue * shape.hiddenSize)
      }
    }
  }
}

extension LayerState {
  /// Takes the state of one layer and direction out of the user's tensors, sorted by length.
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
  mutating func store(_ state: inout [Tensor<Scalar>], _ plan: BatchPlan, _ index: Int) {
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
  func pack<Scalar: RecurrentScalar>(_ tensor: Span<Scalar>, width: Int, into packed: consuming MutableSpan<Scalar>) {
    let source = MatrixView(tensor, rows: stepCount * batchSize, columns: width)
    var target = MutableMatrixView(packed, rows: packedRowCount, columns: width)
    for step in activeRows.indices {
      for row in 0..<activeRows[step] {
        target.copy(source, row: tensorRow(row, step), toRow: firstPackedRow[step] + row, column: 0)
      }
    }
  }

  /// Scatters packed rows to where they belong in a tensor.
  func unpack<Scalar: RecurrentScalar>(_ packed: Span<Scalar>, into tensor: inout MutableMatrixView<Scalar>) {
    let source = MatrixView(packed, rows: packedRowCount, columns: tensor.columns)
    for step in activeRows.indices {
      for row in 0..<activeRows[step] {
        tensor.copy(source, row: firstPackedRow[step] + row, toRow: tensorRow(row, step), column: 0)
      }
    }
  }
}
