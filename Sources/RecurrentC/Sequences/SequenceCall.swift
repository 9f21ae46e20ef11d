internal import CRecurrent
internal import Recurrent

/// A C caller's call over whole sequences, every size of which is that of a model.
struct SequenceCall {
  let sizes: SequenceSizes
  /// The steps of each sequence, or nil where all have T.
  let lengths: [Int]?
  let maskSeed: UInt64

  private let input: Input<Float>
  private let initialHidden, initialCell: Input<Float>?
  private let hidden, cells, finalHidden, finalCell: Output<Float>?

  init(_ c: recurrent_sequences, _ shape: StackShape) throws(Failure) {
    sizes = try unsafe SequenceSizes(
      shape, stepCount: c.step_count, batchSize: c.batch_size, layout: c.layout)
    lengths = try unsafe Self.lengths(c.lengths, sizes)
    maskSeed = unsafe c.mask_seed
    input = try unsafe Input("input", c.input.elements, c.input.count, wanted: sizes.inputShape.elementCount)
    initialHidden = try unsafe .optional("initial_hidden", c.initial_hidden, sizes.stateHiddenShape)
    initialCell = try unsafe .optional("initial_cell", c.initial_cell, sizes.stateCellShape)
    hidden = try unsafe .optional("hidden", c.hidden, sizes.hiddenShape)
    cells = try unsafe .optional("cells", c.cells, sizes.cellsShape)
    finalHidden = try unsafe .optional("final_hidden", c.final_hidden, sizes.stateHiddenShape)
    finalCell = try unsafe .optional("final_cell", c.final_cell, sizes.stateCellShape)
    try checkMemory("this run", sizes.memoryEstimate(recordingCells: recordsCells))
  }

  private static func lengths(_ c: recurrent_index_span, _ sizes: SequenceSizes) throws(Failure) -> [Int]? {
    if unsafe c.elements == nil && c.count == 0 { return nil }
    let lengths = try unsafe Input("lengths", c.elements, c.count, wanted: sizes.batchSize).array
    for (sequence, length) in lengths.enumerated() {
      try check(
        length >= 0 && length <= sizes.stepCount,
        "\(UInt(bitPattern: length)) steps of sequence \(sequence), of \(sizes.stepCount)")
    }
    return lengths
  }

  /// [T, N, I], or [N, T, I].
  var inputTensor: Tensor<Float> { Tensor(shape: sizes.inputShape, elements: input.array) }

  /// The state before the first step; nil where it is zeros.
  func initialState<State: RecurrentState<Float>>() -> State? {
    sizes.state(hidden: initialHidden, cell: initialCell)
  }

  var recordsCells: Bool { cells != nil }

  /// Gives the results to the caller, as far as they are wanted.
  func store<State: RecurrentState<Float>>(_ output: SequenceOutput<State>) {
    hidden?.store(output.hidden)
    if let cells, let values = output.cells { cells.store(values) }
    output.final.store(hidden: finalHidden, cell: finalCell)
  }
}

extension SequenceSizes {
  /// A state from its parts, zeros where there is none; nil where there are none at all.
  func state<State: RecurrentState<Float>>(hidden: Input<Float>?, cell: Input<Float>?) -> State? {
    guard hidden != nil || cell != nil else { return nil }
    func tensor(_ input: Input<Float>?, _ shape: [Int]) -> Tensor<Float> {
      input.map { Tensor(shape: shape, elements: $0.array) } ?? Tensor(shape: shape)
    }
    return State(components: [tensor(hidden, stateHiddenShape)] + (stateCellShape.map { [tensor(cell, $0)] } ?? []))
  }
}

extension RecurrentState<Float> {
  /// Gives the parts that are wanted to the caller.
  func store(hidden: Output<Float>?, cell: Output<Float>?) {
    let components = components
    hidden?.store(components[0])
    if components.count > 1 { cell?.store(components[1]) }
  }
}

extension Input<Float> {
  /// An array that there need not be. `shape` is nil where there must not be one.
  static func optional(
    _ name: StaticString, _ span: recurrent_span, _ shape: [Int]?
  ) throws(Failure) -> Input? {
    if unsafe span.elements == nil && span.count == 0 { return nil }
    try checkPlace(name, shape)
    return try unsafe Input(name, span.elements, span.count, wanted: shape?.elementCount ?? 0)
  }
}

extension Output<Float> {
  /// An array that there need not be. `shape` is nil where there must not be one.
  static func optional(
    _ name: StaticString, _ span: recurrent_mutable_span, _ shape: [Int]?
  ) throws(Failure) -> Output? {
    if unsafe span.elements == nil && span.count == 0 { return nil }
    try checkPlace(name, shape)
    return try unsafe Output(name, span.elements, span.count, wanted: shape?.elementCount ?? 0)
  }
}

private func checkPlace(_ name: StaticString, _ shape: [Int]?) throws(Failure) {
  try check(shape != nil, "\(name) is not null, but the cell has no C")
}

extension Output<Float> {
  /// Copies a tensor, for which there must be room, to the caller.
  func store(_ tensor: Tensor<Float>) { store(tensor.span) }
}

extension [Int] {
  /// The elements of an array of this shape.
  var elementCount: Int { reduce(1) { product($0, $1) } }
}
