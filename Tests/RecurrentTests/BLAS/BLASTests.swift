import Recurrent
import Testing

@Suite("BLAS and panels")
struct BLASTests {
  static let sizes = [0, 1, 2, 5, 17, 64, 65, 130]

  @Test("products of all orientations and strides", arguments: sizes, [0, 1, 3, 33])
  func products(columns: Int, inner: Int) {
    for rows in [0, 1, 2, 7] {
      for isATransposed in [false, true] {
        for isBTransposed in [false, true] {
          for adding in [false, true] {
            let problem = Product(
              rows: rows, inner: inner, columns: columns, isATransposed: isATransposed, isBTransposed: isBTransposed,
              adding: adding)
            #expect(problem.isWithinBound(Float.self), "\(problem) Float")
            #expect(problem.isWithinBound(Double.self), "\(problem) Double")
          }
        }
      }
    }
  }

  @Test("panels give the product with some of the rows", arguments: sizes, [1, 2, 7, 70])
  func panels(columns: Int, rows: Int) {
    let (matrixRows, firstRow, inner) = (40, 3, 33)
    var generator = SeededGenerator(seed: 5)
    func random(_ rows: Int, _ columns: Int) -> Tensor<Float> {
      Tensor(shape: [rows, columns], elements: (0..<rows * columns).map { _ in Float(generator.uniform(-1, 1)) })
    }
    let matrix = random(matrixRows, columns)
    let v = random(rows, inner)
    let panels = PanelMatrix(matrix)
    var c = Tensor<Float>(shape: [rows, panels.paddedColumns], repeating: 1)
    do {
      var view = MutableMatrixView(c.mutableSpan, rows: rows, columns: panels.paddedColumns)
      panels.multiply(MatrixView(v.span, rows: rows, columns: inner), firstRow: firstRow, into: &view, adding: true)
    }
    for row in 0..<rows {
      for column in 0..<columns {
        let terms = (0..<inner).map { Double(v[row, $0]) * Double(matrix[firstRow + $0, column]) }
        let bound = gamma(inner + 1, Float.self) * (1 + terms.reduce(0) { $0 + $1.magnitude })
        #expect((Double(c[row, column]) - terms.reduce(1, +)).magnitude <= bound)
      }
    }
  }

  @Test("OpenBLAS says what it is")
  func description() {
    #expect(BLAS.description.contains("OpenBLAS"))
    #expect(!BLAS.core.isEmpty)
  }
}

/// γ_n = n·u / (1 − n·u): the bound on the relative error of a sum of n rounded products, in any order.
func gamma<Scalar: BinaryFloatingPoint>(_ n: Int, _: Scalar.Type) -> Double {
  let u = Double(Scalar.ulpOfOne) / 2
  return Double(n) * u / (1 - Double(n) * u)
}

/// A product with everything that a caller may choose.
private struct Product {
  var rows, inner, columns: Int
  var isATransposed, isBTransposed, adding: Bool

  func isWithinBound<Scalar: RecurrentScalar>(_: Scalar.Type) -> Bool {
    var generator = SeededGenerator(seed: UInt64(rows + 10 * inner + 1000 * columns))
    // Two elements more than needed between rows, and NaN in them, so that a wrong stride shows.
    func matrix(_ rows: Int, _ columns: Int) -> [Scalar] {
      (0..<rows * (columns + 2)).map { index in
        let value = Scalar(generator.uniform(-1, 1))
        return index % (columns + 2) < columns ? value : .nan
      }
    }
    let a = isATransposed ? matrix(inner, rows) : matrix(rows, inner)
    let b = isBTransposed ? matrix(columns, inner) : matrix(inner, columns)
    // Where nothing is added, what stands in the result must not be read.
    let before = adding ? matrix(rows, columns) : [Scalar](repeating: .nan, count: rows * (columns + 2))
    var c = before
    do {
      let aView =
        isATransposed
        ? MatrixView(a.span, rows: inner, columns: rows, stride: rows + 2).transposed
        : MatrixView(a.span, rows: rows, columns: inner, stride: inner + 2)
      let bView =
        isBTransposed
        ? MatrixView(b.span, rows: columns, columns: inner, stride: inner + 2).transposed
        : MatrixView(b.span, rows: inner, columns: columns, stride: columns + 2)
      var cView = MutableMatrixView(c.mutableSpan, rows: rows, columns: columns, stride: columns + 2)
      BLAS.multiply(aView, bView, into: &cView, adding: adding)
    }
    // The definition is a sum in Double, whose own error counts where Scalar is Double.
    for row in 0..<rows {
      for column in 0..<columns {
        var exact = adding ? Double(before[row * (columns + 2) + column]) : 0
        var size = exact.magnitude
        for k in 0..<inner {
          let x = isATransposed ? a[k * (rows + 2) + row] : a[row * (inner + 2) + k]
          let y = isBTransposed ? b[column * (inner + 2) + k] : b[k * (columns + 2) + column]
          exact += Double(x) * Double(y)
          size += (Double(x) * Double(y)).magnitude
        }
        let bound = (gamma(inner + 1, Scalar.self) + gamma(inner + 1, Double.self)) * size
        if !((Double(c[row * (columns + 2) + column]) - exact).magnitude <= bound) { return false }
      }
      for padding in 0..<2 where !c[row * (columns + 2) + columns + padding].isNaN { return false }
    }
    return true
  }
}
