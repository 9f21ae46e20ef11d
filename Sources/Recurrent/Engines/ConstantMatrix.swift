/// Weights that do not change, with an engine's way to multiply with them and to apply functions.
///
/// An engine that is made of these reads like the equations of its cell, whoever does the arithmetic.
protocol ConstantMatrix<Scalar>: Sendable {
  associatedtype Scalar: RecurrentScalar
  /// Whose arithmetic it is.
  static var engine: Engine { get }

  /// Some rows and columns of a matrix.
  init(_ matrix: Tensor<Scalar>, rows: Range<Int>, columns: Range<Int>)

  /// The columns of a product: those of the matrix, and as many more as the arithmetic likes.
  var width: Int { get }

  /// z += v·M. z is `width` columns wide; what comes to stand behind those of the matrix means nothing.
  func addProduct(of v: borrowing MatrixView<Scalar>, to z: inout MutableMatrixView<Scalar>)

  /// Replaces every element of `z` with its activation.
  static func apply(_ activation: Activation, to z: inout MutableMatrixView<Scalar>)
}

/// Plain Swift loops: each sum goes on in one order, from what stands in z over the elements of v, ascending.
struct PlainMatrix<Scalar: RecurrentScalar>: ConstantMatrix {
  private let matrix: Tensor<Scalar>
  private let rows: Range<Int>
  private let columns: Range<Int>

  static var engine: Engine { .naive }
  var width: Int { columns.count }

  init(_ matrix: Tensor<Scalar>, rows: Range<Int>, columns: Range<Int>) {
    (self.matrix, self.rows, self.columns) = (matrix, rows, columns)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func addProduct(of v: borrowing MatrixView<Scalar>, to z: inout MutableMatrixView<Scalar>) {
    require(v.columns == rows.count, "addProduct: \(v.columns) columns for \(rows.count) rows of weights")
    let (w, stride) = (matrix.span, matrix.shape[1])
    for row in 0..<z.rows {
      for column in 0..<columns.count {
        var sum = z[row, column]
        for k in 0..<rows.count {
          sum += v[row, k] * w[(rows.lowerBound + k) * stride + columns.lowerBound + column]
        }
        z[row, column] = sum
      }
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func apply(_ activation: Activation, to z: inout MutableMatrixView<Scalar>) {
    for row in 0..<z.rows {
      for column in 0..<z.columns { z[row, column] = activation(z[row, column]) }
    }
  }
}

/// OpenBLAS, in Float through panels where it has kernels for small products; σ and tanh of Float on the vector kernels.
struct BLASMatrix<Scalar: RecurrentScalar>: ConstantMatrix {
  private let matrix: Tensor<Scalar>
  private let rows: Range<Int>
  private let columns: Range<Int>
  private let panels: PanelMatrix<Scalar>?

  static var engine: Engine { .blas }
  var width: Int { panels?.paddedColumns ?? columns.count }

  init(_ matrix: Tensor<Scalar>, rows: Range<Int>, columns: Range<Int>) {
    (self.matrix, self.rows, self.columns) = (matrix, rows, columns)
    let usesPanels = Scalar.self == Float.self && BLAS.hasUnpackedSmallProducts
    panels = usesPanels ? PanelMatrix(matrix, rows: rows, columns: columns) : nil
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func addProduct(of v: borrowing MatrixView<Scalar>, to z: inout MutableMatrixView<Scalar>) {
    if let panels { return panels.multiply(v, firstRow: 0, into: &z, adding: true) }
    let stride = matrix.shape[1]
    let weights = matrix.span.extracting(droppingFirst: rows.lowerBound * stride + columns.lowerBound)
    BLAS.multiply(
      v, MatrixView(weights, rows: rows.count, columns: columns.count, stride: stride), into: &z, adding: true)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func apply(_ activation: Activation, to z: inout MutableMatrixView<Scalar>) {
    if Kernels.serve(Scalar.self) {
      Kernels.best.apply(activation, to: &z)
    } else {
      PlainMatrix.apply(activation, to: &z)
    }
  }
}

extension MutableMatrixView {
  /// Sets the first columns of every row to `values`, and the others to 0.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  mutating func fillRows(with values: Span<Scalar>) {
    require(values.count <= columns, "fillRows: \(values.count) values for rows of \(columns)")
    let (columns, stride) = (columns, stride)
    for row in 0..<rows {
      var part = elements._mutatingExtracting(row * stride..<row * stride + columns)
      for column in values.indices { part[column] = values[column] }
      for column in values.count..<columns { part[column] = 0 }
    }
  }
}
