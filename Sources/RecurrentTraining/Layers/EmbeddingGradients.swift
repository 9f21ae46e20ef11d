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
    for place in places where rows.last != indices[place] { rows.append(indices[place]) }
    self.rows = rows
    weights = Tensor(shape: [rows.count, size])
    addUp(gradient.span, places, indices, to: &weights)
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

/// Adds the rows of `places`, which are in the order of their indices, to a row of `sums` for each index.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func addUp<Scalar: RecurrentScalar>(
  _ gradient: Span<Scalar>, _ places: [Int], _ indices: [Int], to sums: inout Tensor<Scalar>
) {
  let size = sums.shape[1]
  var numbers = sums.mutableSpan
  var row = 0
  for (order, place) in places.enumerated() {
    if order > 0, indices[place] != indices[places[order - 1]] { row += 1 }
    let source = gradient.extracting(place * size..<(place + 1) * size)
    var target = numbers._mutatingExtracting(row * size..<(row + 1) * size)
    for column in source.indices { target[column] += source[column] }
  }
}
