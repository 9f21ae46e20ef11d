// Dropout: numbers of inputs and of h that are set to 0. Going back, their gradients go through the same masks.

extension LayerMasks {
  /// Drops inputs of a block: numbers that come from the layer below, and features for whole sequences.
  ///
  /// - Parameter x: [rows, features], or its gradient.
  func maskInput<Scalar: RecurrentScalar>(_ x: inout MutableMatrixView<Scalar>, _ block: PassBlock) {
    let fromBelow = layer > 0 ? regularization.dropout : 0
    if fromBelow > 0 {
      let mask = mask(.dropout, fromBelow)
      for step in block.steps {
        let rows = block.rows(ofStep: step)
        for row in rows { mask.multiply(&x, row: row, at: place(row: row - rows.lowerBound, step: step)) }
      }
    }
    if regularization.inputDropout > 0 {
      let mask = mask(.input, regularization.inputDropout)
      for step in block.steps {
        let rows = block.rows(ofStep: step)
        for row in rows { mask.multiply(&x, row: row, at: place(row: row - rows.lowerBound, step: nil)) }
      }
    }
  }

  /// Drops units of h, or of its gradient, on the way through the recurrent product.
  ///
  /// - Parameter h: [rows, R] or wider, a row for each of the first sequences.
  func maskRecurrent<Scalar: RecurrentScalar>(_ h: inout MutableMatrixView<Scalar>) {
    guard regularization.recurrentDropout > 0 else { return }
    let mask = mask(.recurrent, regularization.recurrentDropout)
    for row in 0..<h.rows { mask.multiply(&h, row: row, at: place(row: row, step: nil)) }
  }

  /// The same for h before every step of a block.
  func maskRecurrent<Scalar: RecurrentScalar>(_ h: inout MutableMatrixView<Scalar>, _ block: PassBlock) {
    for step in block.steps {
      var part = h.block(rows: block.rows(ofStep: step), columns: 0..<h.columns)
      maskRecurrent(&part)
    }
  }
}

extension LayerState {
  /// Readies the first sequences for a step with masks.
  mutating func prepare(_ masks: LayerMasks, rows: Int) {
    showHidden(masks, rows: rows)
    keepPast(masks.regularization, rows: rows)
  }

  /// Shows the gates of the next step only some units of h, where a mask says so.
  private mutating func showHidden(_ masks: LayerMasks, rows: Int) {
    guard masks.regularization.recurrentDropout > 0 else { return }
    if seen.count == 0 { seen = AlignedBuffer(count: self.rows * outputSize) }
    Self.copy(hiddenInput, stride: stride, to: &seen, rows: rows, columns: outputSize)
    let columns = outputSize
    var h = MutableMatrixView(seen.mutableSpan, rows: rows, columns: columns)
    masks.maskRecurrent(&h)
  }

  // The spans of two properties of one value may not live side by side; those of two parameters may.
  private static func copy(
    _ source: borrowing AlignedBuffer<Scalar>, stride: Int, to target: inout AlignedBuffer<Scalar>, rows: Int,
    columns: Int
  ) {
    var target = MutableMatrixView(target.mutableSpan, rows: rows, columns: columns)
    target.copyRows(of: MatrixView(source.span, rows: rows, columns: columns, stride: stride))
  }
}
