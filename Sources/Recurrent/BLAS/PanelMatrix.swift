/// A constant matrix cut into panels of 64 columns, so that products with few rows run on OpenBLAS's kernels for small
/// products, which pack nothing, allocate nothing and take no lock.
///
/// A whole-matrix `sgemm` copies its constant operand into its own layout at every call, which for a recurrent step is
/// more work than the step. One call for each panel stays below the 10⁶ multiplications up to which OpenBLAS's AVX-512
/// cores skip the copy: on a Zen 4 with [1, 512]·[512, 2048], 47 GFLOP/s against 8 (`sgemm`) and 40 (`sgemv`), and
/// with four rows 115 against 33. Panels of 32, 48 and 128 columns were slower than 64, four registers wide.
///
///     column   0 … 63   64 … 127   …            panel p, row k:
///            ┌────────┬──────────┬───            storage[(p·rows + k)·64 ..< +64]
///     row 0  │        │          │
///      …     │ panel 0│ panel 1  │    the last panel is filled up with columns of zeros
package final class PanelMatrix<Scalar: RecurrentScalar>: Sendable {
  package let rows: Int
  /// Columns, filled up to whole panels: the width of a product.
  package let paddedColumns: Int
  private let storage: SharedBuffer<Scalar>

  private static var width: Int { 64 }
  /// Multiplications in a product from which on OpenBLAS packs.
  private static var limit: Int { 1_000_000 }

  /// Cuts up a whole matrix.
  ///
  /// - Complexity: O(rows · columns).
  package convenience init(_ matrix: Tensor<Scalar>) {
    require(matrix.shape.count == 2, "PanelMatrix: \(matrix.shape.count) dimensions in place of 2")
    self.init(matrix, rows: 0..<matrix.shape[0], columns: 0..<matrix.shape[1])
  }

  /// Cuts up some rows and columns of a matrix, or the transpose of that part.
  ///
  /// - Complexity: O(rows · columns).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package init(
    _ matrix: Tensor<Scalar>, rows rowRange: Range<Int>, columns columnRange: Range<Int>, isTransposed: Bool = false
  ) {
    require(matrix.shape.count == 2, "PanelMatrix: \(matrix.shape.count) dimensions in place of 2")
    let (rows, columns) = isTransposed ? (columnRange.count, rowRange.count) : (rowRange.count, columnRange.count)
    let (width, stride) = (Self.width, matrix.shape[1])
    let (rowStride, columnStride) = isTransposed ? (1, stride) : (stride, 1)
    let panelCount = (columns + width - 1) / width
    var storage = AlignedBuffer<Scalar>(count: panelCount * rows * width)
    var panels = storage.mutableSpan
    let source = matrix.span
    let first = rowRange.lowerBound * stride + columnRange.lowerBound
    for panel in 0..<panelCount {
      let count = min(width, columns - panel * width)
      for row in 0..<rows {
        let from = first + row * rowStride + panel * width * columnStride
        let to = (panel * rows + row) * width
        for column in 0..<count { panels[to + column] = source[from + column * columnStride] }
      }
    }
    self.rows = rows
    self.storage = SharedBuffer(storage)
    paddedColumns = panelCount * width
  }

  /// c = v·M, or c += v·M where `adding`, with the rows of M from `firstRow` on, as many as v has columns. c must be
  /// `paddedColumns` wide. (A panel cut short would run on other kernels, which allocate.)
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func multiply(
    _ v: borrowing MatrixView<Scalar>, firstRow: Int, into c: inout MutableMatrixView<Scalar>, adding: Bool
  ) {
    require(firstRow + v.columns <= rows, "multiply: rows \(firstRow)..<\(firstRow + v.columns) of \(rows)")
    require(c.columns == paddedColumns, "multiply: \(c.columns) columns of the result for \(paddedColumns)")
    require(c.rows == v.rows, "multiply: \(c.rows) rows of the result for \(v.rows) rows")
    let width = Self.width
    let storage = storage
    let panels = storage.span
    let rowsAtOnce = max(1, Self.limit / (width * max(v.columns, 1)))
    for panel in 0..<paddedColumns / width {
      let start = (panel * rows + firstRow) * width
      let weights = MatrixView(
        panels.extracting(start..<start + v.columns * width), rows: v.columns, columns: width)
      var row = 0
      while row < c.rows {
        let count = min(rowsAtOnce, c.rows - row)
        var part = c.block(rows: row..<row + count, columns: panel * width..<(panel + 1) * width)
        CBLAS.gemm(v.rows(row..<row + count), weights, into: &part, adding: adding)
        row += count
      }
    }
  }
}
