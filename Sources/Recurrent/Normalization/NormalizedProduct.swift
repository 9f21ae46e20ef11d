/// A product that is normalised, LN(v·M; γ), on its way back: v are inputs, or h before each step.
///
/// What it was normalised to is computed once more for all rows of a block, and kept, in some columns of what a trainer
/// keeps of each row: v̂ of the product, and behind it the factor s that made it.
struct NormalizedProduct<Matrix: ConstantMatrix>: Sendable {
  typealias Scalar = Matrix.Scalar

  /// [(R + I), G·H], of which some rows are M.
  private let matrix: Tensor<Scalar>
  private let rows: Range<Int>
  /// [G·H].
  private let gain: Tensor<Scalar>
  private let epsilon: Scalar
  /// The columns of v̂.
  let columns: Range<Int>

  /// The product with some rows of a layer's weights, kept from a column on.
  init(
    _ matrix: Tensor<Scalar>, rows: Range<Int>, gain: Tensor<Scalar>, _ normalization: LayerNormalization,
    keptFrom column: Int
  ) {
    self.matrix = matrix
    self.rows = rows
    self.gain = gain
    epsilon = Scalar(normalization.epsilon)
    columns = column..<column + matrix.shape[1]
  }

  private var scaleColumn: Int { columns.upperBound }
  /// The column behind those of this product.
  var endColumn: Int { columns.upperBound + 1 }

  /// Computes what is kept of each row of a block.
  func form(_ v: borrowing MatrixView<Scalar>, into kept: inout MutableMatrixView<Scalar>, team: ThreadTeam) {
    let count = kept.rows
    do {
      let weights = MatrixView(matrix.span, rows: matrix.shape[0], columns: matrix.shape[1]).rows(rows)
      var product = kept.block(rows: 0..<count, columns: columns)
      Matrix.multiply(v, weights, into: &product, adding: false, team: team)
    }
    for row in 0..<count {
      let scale = kept.normalize(row: row, columns: columns, epsilon: epsilon)
      kept[row, scaleColumn] = scale
    }
  }

  /// The gradients of v·M for the rows of a step, in the first columns of `product`; `gradient` gives those of LN.
  @inline(__always)
  func retreat(
    _ kept: borrowing MatrixView<Scalar>, into product: inout MutableMatrixView<Scalar>,
    gradient: (_ row: Int, _ column: Int) -> Scalar
  ) {
    let normalized = kept.columns(columns)
    for row in 0..<kept.rows {
      product.copy(normalized, row: row, toRow: row, column: 0)
      product.retreatNormalized(row: row, columns: 0..<columns.count, scale: kept[row, scaleColumn]) { column in
        gradient(row, column) * gain.span[column]
      }
    }
  }

  /// Adds the gradients of M and γ over all rows of a block; v̂ is replaced with the gradient of v·M.
  @inline(__always)
  func collect(
    _ v: borrowing MatrixView<Scalar>, kept: inout MutableMatrixView<Scalar>, matrix gradients: inout Tensor<Scalar>,
    gain gainGradients: inout Tensor<Scalar>, team: ThreadTeam, gradient: (_ row: Int, _ column: Int) -> Scalar
  ) {
    let count = kept.rows
    do {
      var sums = gainGradients.mutableSpan
      for row in 0..<count {
        for column in sums.indices { sums[column] += gradient(row, column) * kept[row, columns.lowerBound + column] }
        let scale = kept[row, scaleColumn]
        kept.retreatNormalized(row: row, columns: columns, scale: scale) { column in
          gradient(row, column) * gain.span[column]
        }
      }
    }
    let (height, width) = (gradients.shape[0], gradients.shape[1])
    var all = MutableMatrixView(gradients.mutableSpan, rows: height, columns: width)
    var part = all.block(rows: rows, columns: 0..<width)
    Matrix.multiply(v.transposed, kept.view.columns(columns), into: &part, adding: true, team: team)
  }
}
