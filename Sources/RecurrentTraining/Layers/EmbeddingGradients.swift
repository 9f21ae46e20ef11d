public import Recurrent

/// The gradients of an `Embedding`: those of the rows that were looked up. All others are zero, and take no room.
public struct EmbeddingGradients<Scalar: RecurrentScalar>: SparseGradients, Equatable {
  /// The rows of the table, in ascending order, each once.
  public let rows: [Int]
  /// [rows, E]: a gradient for each.
  public private(set) var weights: Tensor<Scalar>

  /// Adds up the rows of `gradient` [n, E] that belong to the same one of n `indices`, from the first to the last.
  init(summing gradient: Tensor<Scalar>, at indices: [Int], size: Int) {
    let places = indices.indices.filter { indices[$0] != IndexTensor.none }
      .sorted { indices[$0] == indices[$1] ? $0 < $1 : indices[$0] < indices[$1] }
    var rows: [Int] = []
    var elements: [Scalar] = []
    for place in places {
      if rows.last != indices[place] {
        rows.append(indices[place])
        elements.append(contentsOf: repeatElement(0, count: size))
      }
      var sums = elements.mutableSpan
      add(gradient.span.extracting(place * size..<(place + 1) * size), to: &sums, at: (rows.count - 1) * size)
    }
    self.rows = rows
    weights = Tensor(shape: [rows.count, size], elements: elements)
  }

  /// Visits `weights`, the rows that there are.
  public func forEach(_ body: (_ name: String, _ tensor: Tensor<Scalar>) -> Void) { body("weights", weights) }

  /// Visits `weights`, to change its elements.
  public mutating func updateEach(_ body: (_ name: String, _ tensor: inout Tensor<Scalar>) -> Void) {
    body("weights", &weights)
  }

  /// Visits `weights`, with the rows of the table that it holds.
  public func forEachRows(_ body: (_ name: String, _ rows: [Int]) -> Void) { body("weights", rows) }

  /// The gradient of the whole table of `count` rows, zeros and all.
  ///
  /// - Complexity: O(`count`·E).
  public func dense(count: Int) -> Embedding<Scalar> {
    let size = weights.shape[1]
    var whole = Embedding<Scalar>(weights: Tensor(shape: [count, size]))
    var table = MutableMatrixView(whole.weights.mutableSpan, rows: count, columns: size)
    let gradients = MatrixView(weights.span, rows: rows.count, columns: size)
    for (index, row) in rows.enumerated() { table.copy(gradients, row: index, toRow: row, column: 0) }
    return whole
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func add<Scalar: RecurrentScalar>(_ row: Span<Scalar>, to sums: inout MutableSpan<Scalar>, at offset: Int) {
  var target = sums._mutatingExtracting(offset..<offset + row.count)
  for index in row.indices { target[index] += row[index] }
}
