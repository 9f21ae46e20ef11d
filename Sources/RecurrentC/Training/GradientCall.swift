internal import CRecurrent
internal import Recurrent

/// A C caller's way back through a run, every size of which is that of the run.
struct GradientCall {
  let sizes: SequenceSizes
  /// Where the gradients by the parameters go, if they are wanted.
  let parameters: Output<Float>?
  private let accumulates: Bool

  private let hidden, cells, finalHidden, finalCell: Input<Float>?
  private let input, initialHidden, initialCell: Output<Float>?

  init(_ c: recurrent_gradients, _ sizes: SequenceSizes, parameterCount: Int) throws(Failure) {
    self.sizes = sizes
    hidden = try unsafe .optional("hidden", c.hidden, sizes.hiddenShape)
    cells = try unsafe .optional("cells", c.cells, sizes.cellsShape)
    finalHidden = try unsafe .optional("final_hidden", c.final_hidden, sizes.stateHiddenShape)
    finalCell = try unsafe .optional("final_cell", c.final_cell, sizes.stateCellShape)
    input = try unsafe .optional("input", c.input, sizes.inputShape)
    initialHidden = try unsafe .optional("initial_hidden", c.initial_hidden, sizes.stateHiddenShape)
    initialCell = try unsafe .optional("initial_cell", c.initial_cell, sizes.stateCellShape)
    parameters = try unsafe .optional("parameters", c.parameters, [parameterCount])
    accumulates = unsafe c.accumulates != 0
    try checkMemory("this way back", sizes.memoryEstimate(recordingCells: cells != nil))
  }

  /// What the gradients by the parameters are added to; nil where they take its place.
  var accumulated: Output<Float>? { accumulates ? parameters : nil }

  /// The gradients of the loss by the outputs.
  func outputGradients<State: RecurrentState<Float>>() -> OutputGradients<State> {
    OutputGradients(
      hidden: hidden.map { Tensor(shape: sizes.hiddenShape, elements: $0.array) },
      cells: cells.map { Tensor(shape: sizes.cellsShape ?? [], elements: $0.array) },
      final: sizes.state(hidden: finalHidden, cell: finalCell))
  }

  /// Gives the gradients by what went in to the caller, as far as they are wanted.
  func store<State: RecurrentState<Float>>(_ gradients: InputGradients<State>) {
    input?.store(gradients.input)
    gradients.initial.store(hidden: initialHidden, cell: initialCell)
  }
}
