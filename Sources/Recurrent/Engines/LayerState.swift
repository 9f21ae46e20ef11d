/// What one layer and direction carries from step to step, for N sequences side by side.
///
/// What a stream keeps for as long as it lives, and a sequence run for as long as it works on the layer.
package struct LayerState<Scalar: RecurrentScalar>: ~Copyable {
  /// [N, R + X], R being the width of h: h, and beside it X features of input, X being 0 in a sequence run.
  package var hiddenInput: AlignedBuffer<Scalar>
  /// [N, H]: the cell state C, or nothing for a cell without one.
  package var cell: AlignedBuffer<Scalar>
  /// [N, H]: the units before their projection to h, or r * h of a GRU that resets before the product; else nothing.
  package var units: AlignedBuffer<Scalar>
  /// [N, R]: h as the gates of the next step see it, where dropout hides units from them; else nothing.
  var seen = AlignedBuffer<Scalar>(count: 0)
  /// [N, R] and [N, H]: what h and C were before a step, where they zone out; else nothing.
  var pastHidden = AlignedBuffer<Scalar>(count: 0), pastCell = AlignedBuffer<Scalar>(count: 0)

  package let rows: Int
  package let outputSize: Int
  package let inputSize: Int
  package let hiddenSize: Int
  private let keepsUnits: Bool

  /// The widths of what a cell carries: h first, then C where there is one.
  package let componentSizes: [Int]

  package init(_ shape: StackShape, rows: Int, inputSize: Int) {
    self.rows = rows
    self.inputSize = inputSize
    outputSize = shape.outputSize
    hiddenSize = shape.hiddenSize
    keepsUnits = shape.keepsUnits
    componentSizes = shape.componentSizes
    let width = checkedProduct("LayerState", rows, shape.outputSize + inputSize, sizeof: Scalar.self)
    hiddenInput = AlignedBuffer(count: width)
    cell = AlignedBuffer(count: shape.hasCell ? rows * shape.hiddenSize : 0)
    units = AlignedBuffer(count: shape.keepsUnits ? rows * shape.hiddenSize : 0)
  }

  /// Elements from one row of `hiddenInput` to the next.
  package var stride: Int { outputSize + inputSize }
}

extension LayerState {
  /// [rows, R]: h of the first `rows` sequences.
  @_lifetime(borrow self)
  package func hidden(rows: Int) -> MatrixView<Scalar> {
    MatrixView(hiddenInput.span, rows: rows, columns: outputSize, stride: stride)
  }

  /// [rows, R]: h of the first `rows` sequences, as the gates of the next step see it.
  @_lifetime(borrow self)
  func seenHidden(rows: Int) -> MatrixView<Scalar> {
    seen.count == 0 ? hidden(rows: rows) : MatrixView(seen.span, rows: rows, columns: outputSize)
  }

  /// [rows, X]: the inputs that stand beside h.
  @_lifetime(borrow self)
  package func input(rows: Int) -> MatrixView<Scalar> {
    MatrixView(
      hiddenInput.span.extracting(droppingFirst: outputSize), rows: rows, columns: inputSize, stride: stride)
  }

  /// [rows, R + X]: the concatenation [h, x].
  @_lifetime(borrow self)
  package func hiddenAndInput(rows: Int) -> MatrixView<Scalar> {
    MatrixView(hiddenInput.span, rows: rows, columns: stride)
  }

  /// [rows, R]: h of the first `rows` sequences, to be written.
  @_lifetime(&self)
  mutating func mutableHidden(rows: Int) -> MutableMatrixView<Scalar> {
    let (columns, stride) = (outputSize, stride)
    return MutableMatrixView(hiddenInput.mutableSpan, rows: rows, columns: columns, stride: stride)
  }

  /// [rows, H]: what stands in the place beside h, in a cell that keeps it.
  @_lifetime(borrow self)
  func units(rows: Int) -> MatrixView<Scalar> { MatrixView(units.span, rows: rows, columns: hiddenSize) }

  /// [N, width]: h, or C.
  @_lifetime(borrow self)
  func component(_ component: Int) -> MatrixView<Scalar> {
    if component == 0 { return hidden(rows: rows) }
    return MatrixView(cell.span, rows: rows, columns: hiddenSize)
  }

  /// [N, width]: h, or C, to be written.
  @_lifetime(&self)
  mutating func mutableComponent(_ component: Int) -> MutableMatrixView<Scalar> {
    let (rows, width) = (rows, componentSizes[component])
    if component == 0 { return mutableHidden(rows: rows) }
    return MutableMatrixView(cell.mutableSpan, rows: rows, columns: width)
  }

  /// Puts the inputs of a step beside h.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  mutating func setInput(_ x: borrowing MatrixView<Scalar>) {
    let (count, stride, column) = (x.rows, stride, outputSize)
    var target = MutableMatrixView(hiddenInput.mutableSpan, rows: count, columns: stride)
    for row in 0..<count { target.copy(x, row: row, toRow: row, column: column) }
  }

  /// Puts the h of the first `count` sequences of the layer below beside h.
  mutating func setInput(hiddenOf below: borrowing LayerState, rows count: Int) {
    setInput(below.hidden(rows: count))
  }

  /// Takes h and C of some sequences of `other` for the first ones of this state.
  mutating func gather(_ rows: Span<Int>, of other: borrowing LayerState) {
    for index in componentSizes.indices {
      let source = other.component(index)
      var target = mutableComponent(index)
      for row in rows.indices { target.copy(source, row: rows[row], toRow: row, column: 0) }
    }
  }

  /// Puts h and C of the first sequences of `other` back where `gather` took them from.
  mutating func scatter(_ rows: Span<Int>, from other: borrowing LayerState) {
    for index in componentSizes.indices {
      let source = other.component(index)
      var target = mutableComponent(index)
      for row in rows.indices { target.copy(source, row: row, toRow: rows[row], column: 0) }
    }
  }

  /// Copies h of the first `count` sequences to consecutive rows of `target`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func copyHidden(rows count: Int, to target: inout MutableMatrixView<Scalar>, firstRow: Int, column: Int) {
    let hidden = hidden(rows: count)
    for row in 0..<count { target.copy(hidden, row: row, toRow: firstRow + row, column: column) }
  }

  /// Takes one sequence's h from a row of `source`, from `column` on.
  mutating func setHidden(
    row: Int, _ source: borrowing MutableMatrixView<Scalar>, row sourceRow: Int, column: Int
  ) {
    let (start, count) = (row * stride, outputSize)
    var hidden = hiddenInput.mutableSpan
    for index in 0..<count { hidden[start + index] = source[sourceRow, column + index] }
  }

  /// Copies C of the first `count` sequences to consecutive rows of `target`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func copyCells(rows count: Int, to target: inout MutableMatrixView<Scalar>, firstRow: Int) {
    let cells = MatrixView(cell.span, rows: count, columns: hiddenSize)
    for row in 0..<count { target.copy(cells, row: row, toRow: firstRow + row, column: 0) }
  }

  /// Sets one sequence's h and C to zeros.
  mutating func reset(row: Int) {
    for (component, width) in componentSizes.enumerated() {
      var part = mutableComponent(component)
      for column in 0..<width { part[row, column] = 0 }
    }
  }

  /// Lets `update` change C [rows, H], and the units o * tanh(C') [rows, H]: h itself, or what is projected to h.
  @inline(__always)
  mutating func updateUnits(
    rows: Int, _ update: (inout MutableMatrixView<Scalar>, inout MutableMatrixView<Scalar>) -> Void
  ) {
    let stride = stride
    if keepsUnits {
      Self.update(&cell, &units, rows: rows, columns: hiddenSize, stride: hiddenSize, update)
    } else {
      Self.update(&cell, &hiddenInput, rows: rows, columns: hiddenSize, stride: stride, update)
    }
  }

  /// Lets `update` make h [rows, R] out of the units [rows, H], in a layer with a projection.
  @inline(__always)
  mutating func updateHidden(
    rows: Int, _ update: (borrowing MatrixView<Scalar>, inout MutableMatrixView<Scalar>) -> Void
  ) {
    let (stride, hiddenSize, outputSize) = (stride, hiddenSize, outputSize)
    Self.update(
      &hiddenInput, columns: outputSize, stride: stride, from: units, columns: hiddenSize, stride: hiddenSize,
      rows: rows, update)
  }

  /// Lets `update` make the units [rows, H] out of h [rows, R] as the gates see it, in a cell that keeps them.
  @inline(__always)
  mutating func updateUnitsFromHidden(
    rows: Int, _ update: (borrowing MatrixView<Scalar>, inout MutableMatrixView<Scalar>) -> Void
  ) {
    let (stride, hiddenSize, outputSize) = (stride, hiddenSize, outputSize)
    if seen.count == 0 {
      Self.update(
        &units, columns: hiddenSize, stride: hiddenSize, from: hiddenInput, columns: outputSize, stride: stride,
        rows: rows, update)
    } else {
      Self.update(
        &units, columns: hiddenSize, stride: hiddenSize, from: seen, columns: outputSize, stride: outputSize,
        rows: rows, update)
    }
  }

  // The spans of two properties of one value may not live side by side; those of two parameters may.

  @inline(__always)
  private static func update(
    _ cell: inout AlignedBuffer<Scalar>, _ units: inout AlignedBuffer<Scalar>, rows: Int, columns: Int, stride: Int,
    _ update: (inout MutableMatrixView<Scalar>, inout MutableMatrixView<Scalar>) -> Void
  ) {
    var cells = MutableMatrixView(cell.mutableSpan, rows: rows, columns: columns)
    var units = MutableMatrixView(units.mutableSpan, rows: rows, columns: columns, stride: stride)
    update(&cells, &units)
  }

  @inline(__always)
  private static func update(
    _ target: inout AlignedBuffer<Scalar>, columns: Int, stride: Int, from source: borrowing AlignedBuffer<Scalar>,
    columns sourceColumns: Int, stride sourceStride: Int, rows: Int,
    _ update: (borrowing MatrixView<Scalar>, inout MutableMatrixView<Scalar>) -> Void
  ) {
    let source = MatrixView(source.span, rows: rows, columns: sourceColumns, stride: sourceStride)
    var target = MutableMatrixView(target.mutableSpan, rows: rows, columns: columns, stride: stride)
    update(source, &target)
  }
}
