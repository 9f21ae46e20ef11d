import Recurrent
import Testing

/// aᵀ·b over the rows of a block, added to a part of a matrix, and the sums of b's columns. The columns of a stand in two
/// matrices, a third of them in the first.
@Suite("Sums over rows")
struct WeightSumTests {
  /// Rows of both, columns of a and of b: less and more than a vector, a tile, a part and a piece of 256 or 512 rows; none.
  struct Sizes: CustomTestStringConvertible {
    let rows, a, b: Int
    var testDescription: String { "\(rows) rows, \(a) × \(b)" }
  }

  static let sizes = [
    Sizes(rows: 0, a: 9, b: 5), Sizes(rows: 1, a: 1, b: 1), Sizes(rows: 7, a: 5, b: 3), Sizes(rows: 31, a: 40, b: 17),
    Sizes(rows: 512, a: 9, b: 33), Sizes(rows: 513, a: 130, b: 67), Sizes(rows: 1100, a: 66, b: 130),
  ]

  /// The matrix has a margin around the part, and a and b have columns that are not theirs.
  static let margin = 3

  /// Over numbers at random, which count, or over others in the part of the matrix and in the sums.
  private func sum(
    _ sizes: Sizes, _ kernels: Kernels, members: Int, over value: Float? = nil
  ) -> (matrix: Tensor<Float>, sums: Tensor<Float>) {
    var generator = SeededGenerator(seed: 11)
    func random(_ rows: Int, _ columns: Int) -> Tensor<Float> {
      Tensor(shape: [rows, columns], elements: (0..<rows * columns).map { _ in Float(generator.uniform(-1, 1)) })
    }
    let (a, b) = (random(sizes.rows, sizes.a + Self.margin), random(sizes.rows, sizes.b + Self.margin))
    var matrix = random(sizes.a + 2 * Self.margin, sizes.b + 2 * Self.margin)
    var sums = random(1, sizes.b + 2 * Self.margin)
    if let value {
      for column in 0..<sizes.b { sums[0, Self.margin + column] = value }
      for row in 0..<sizes.a {
        for column in 0..<sizes.b { matrix[Self.margin + row, Self.margin + column] = value }
      }
    }
    // What lies on the desk does not matter.
    var desk = AlignedBuffer<Float>(
      repeating: .nan, count: RowSum.deskCount(rows: sizes.rows, columns: (sizes.a, sizes.b)))
    let all = MatrixView(a.span, rows: sizes.rows, columns: sizes.a + Self.margin)
    kernels.addProduct(
      transposed: all.columns(0..<sizes.a / 3), all.columns(sizes.a / 3..<sizes.a),
      MatrixView(b.span, rows: sizes.rows, columns: sizes.b + Self.margin).columns(Self.margin..<sizes.b + Self.margin),
      to: &matrix, firstRow: Self.margin, firstColumn: Self.margin, sums: &sums, firstSum: Self.margin,
      adding: value.map { !$0.isNaN } ?? true, desk: &desk, team: ThreadTeam(memberCount: members))
    return (matrix, sums)
  }

  @Test("are within the bound for rounding, and leave the rest of the matrix alone", arguments: sizes)
  func bound(sizes: Sizes) {
    var generator = SeededGenerator(seed: 11)
    func random(_ rows: Int, _ columns: Int) -> [[Double]] {
      (0..<rows).map { _ in (0..<columns).map { _ in Double(Float(generator.uniform(-1, 1))) } }
    }
    let (a, b) = (random(sizes.rows, sizes.a + Self.margin), random(sizes.rows, sizes.b + Self.margin))
    let before = random(sizes.a + 2 * Self.margin, sizes.b + 2 * Self.margin)
    let sumsBefore = random(1, sizes.b + 2 * Self.margin)[0]
    let (matrix, sums) = sum(sizes, .best, members: 1)
    for column in sumsBefore.indices {
      let isTheirs = (Self.margin..<Self.margin + sizes.b).contains(column)
      let terms = isTheirs ? b.map { Float($0[column]) } : []
      #expect(sums[0, column] == terms.reduce(Float(sumsBefore[column]), +))
    }
    for row in before.indices {
      for column in before[row].indices {
        let (i, j) = (row - Self.margin, column - Self.margin)
        guard (0..<sizes.a).contains(i), (0..<sizes.b).contains(j) else {
          #expect(Double(matrix[row, column]) == before[row][column])
          continue
        }
        let terms = (0..<sizes.rows).map { a[$0][i] * b[$0][column] }
        let size = terms.reduce(before[row][column].magnitude) { $0 + $1.magnitude }
        let exact = terms.reduce(before[row][column], +)
        #expect((Double(matrix[row, column]) - exact).magnitude <= gamma(sizes.rows + 1, Float.self) * size)
      }
    }
  }

  @Test("take the place of what does not count, as if it were zeros", arguments: sizes)
  func replacing(sizes: Sizes) throws {
    let expected = sum(sizes, .best, members: 1, over: 0)
    for isa in InstructionSet.available {
      let kernels = try #require(Kernels(isa))
      for members in 1...2 {
        #expect(sum(sizes, kernels, members: members, over: .nan) == expected, "\(isa), \(members) members")
      }
    }
  }

  @Test("have the same bits on every instruction set and any number of threads", arguments: sizes)
  func bits(sizes: Sizes) throws {
    let expected = sum(sizes, .best, members: 1)
    for isa in InstructionSet.available {
      let kernels = try #require(Kernels(isa))
      for members in 1...3 { #expect(sum(sizes, kernels, members: members) == expected, "\(isa), \(members) members") }
    }
  }
}
