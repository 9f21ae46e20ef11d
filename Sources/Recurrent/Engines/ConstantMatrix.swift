/// Weights that do not change, with an engine's way to multiply with them and to apply functions.
///
/// An engine that is made of these reads like the equations of its cell, whoever does the arithmetic.
protocol ConstantMatrix<Scalar>: Sendable {
  associatedtype Scalar: RecurrentScalar
  /// Whose arithmetic it is.
  static var engine: Engine { get }

  /// Some rows and columns of a matrix, or the transpose of that part.
  init(_ matrix: Tensor<Scalar>, rows: Range<Int>, columns: Range<Int>, isTransposed: Bool)

  /// The columns of a product: those of the matrix, and as many more as the arithmetic likes.
  var width: Int { get }

  /// z += v·M. z is `width` columns wide; what comes to stand behind those of the matrix means nothing.
  func addProduct(of v: borrowing MatrixView<Scalar>, to z: inout MutableMatrixView<Scalar>)

  /// Replaces every element of `z` with its activation.
  static func apply(_ activation: Activation, to z: inout MutableMatrixView<Scalar>)

  /// c = a·b, or c += a·b where `adding`, for matrices that do change. The team does not change a bit of it.
  static func multiply(
    _ a: borrowing MatrixView<Scalar>, _ b: borrowing MatrixView<Scalar>, into c: inout MutableMatrixView<Scalar>,
    adding: Bool, team: ThreadTeam)
}

extension ConstantMatrix {
  /// Some rows and columns of a matrix.
  init(_ matrix: Tensor<Scalar>, rows: Range<Int>, columns: Range<Int>) {
    self.init(matrix, rows: rows, columns: columns, isTransposed: false)
  }
}

/// Plain Swift loops: each sum goes on in one order, from what stands in z over the elements of v, ascending.
struct PlainMatrix<Scalar: RecurrentScalar>: ConstantMatrix {
  private let matrix: Tensor<Scalar>
  private let first: Int
  private let rowStride: Int
  private let columnStride: Int
  private let height: Int
  let width: Int

  static var engine: Engine { .naive }

  init(_ matrix: Tensor<Scalar>, rows: Range<Int>, columns: Range<Int>, isTransposed: Bool) {
    let stride = matrix.shape[1]
    self.matrix = matrix
    first = rows.lowerBound * stride + columns.lowerBound
    (rowStride, columnStride) = isTransposed ? (1, stride) : (stride, 1)
    (height, width) = isTransposed ? (columns.count, rows.count) : (rows.count, columns.count)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func addProduct(of v: borrowing MatrixView<Scalar>, to z: inout MutableMatrixView<Scalar>) {
    require(v.columns == height, "addProduct: \(v.columns) columns for \(height) rows of weights")
    let w = matrix.span
    for row in 0..<z.rows {
      for column in 0..<width {
        var sum = z[row, column]
        for k in 0..<height { sum += v[row, k] * w[first + k * rowStride + column * columnStride] }
        z[row, column] = sum
      }
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  static func multiply(
    _ a: borrowing MatrixView<Scalar>, _ b: borrowing MatrixView<Scalar>, into c: inout MutableMatrixView<Scalar>,
    adding: Bool, team _: ThreadTeam
  ) {
    require(a.columns == b.rows, "multiply: \(a.columns) columns of a for \(b.rows) rows of b")
    for row in 0..<c.rows {
      for column in 0..<c.columns {
        var sum: Scalar = adding ? c[row, column] : 0
        for k in 0..<a.columns { sum += a[row, k] * b[k, column] }
        c[row, column] = sum
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
  private let isTransposed: Bool
  private let panels: PanelMatrix<Scalar>?

  static var engine: Engine { .blas }
  var width: Int { panels?.paddedColumns ?? (isTransposed ? rows.count : columns.count) }

  init(_ matrix: Tensor<Scalar>, rows: Range<Int>, columns: Range<Int>, isTransposed: Bool) {
    (self.matrix, self.rows, self.columns, self.isTransposed) = (matrix, rows, columns, isTransposed)
    let usesPanels = Scalar.self == Float.self && BLAS.hasUnpackedSmallProducts
    panels = usesPanels ? PanelMatrix(matrix, rows: rows, columns: columns, isTransposed: isTransposed) : nil
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func addProduct(of v: borrowing MatrixView<Scalar>, to z: inout MutableMatrixView<Scalar>) {
    if let panels { return panels.multiply(v, firstRow: 0, into: &z, adding: true) }
    let stride = matrix.shape[1]
    let part = matrix.span.extracting(droppingFirst: rows.lowerBound * stride + columns.lowerBound)
    let weights = MatrixView(part, rows: rows.count, columns: columns.count, stride: stride)
    BLAS.multiply(v, isTransposed ? weights.transposed : weights, into: &z, adding: true)
  }

  static func multiply(
    _ a: borrowing MatrixView<Scalar>, _ b: borrowing MatrixView<Scalar>, into c: inout MutableMatrixView<Scalar>,
    adding: Bool, team: ThreadTeam
  ) {
    BLAS.multiply(a, b, into: &c, adding: adding, team: team)
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
