public import Recurrent

extension Tensor {
  /// Features of several tensors side by side: [..., A], [..., B] → [..., A + B].
  ///
  /// - Complexity: O(numbers).
  public init(concatenating tensors: [Tensor]) {
    let leading = tensors.first?.shape.dropLast() ?? []
    for tensor in tensors {
      require(
        !tensor.shape.isEmpty && tensor.shape.dropLast() == leading,
        "concatenating: shape \(tensor.shape) beside \(tensors[0].shape)")
    }
    let width = tensors.reduce(0) { $0 + ($1.shape.last ?? 0) }
    self.init(shape: leading + [width])
    let rows = leading.reduce(1, *)
    var all = MutableMatrixView(mutableSpan, rows: rows, columns: width)
    var column = 0
    for tensor in tensors {
      let part = MatrixView(tensor.span, rows: rows, columns: tensor.shape[leading.count])
      for row in 0..<rows { all.copy(part, row: row, toRow: row, column: column) }
      column += part.columns
    }
  }

  /// Features apart again, as many as `widths` says: the gradient of a concatenation.
  ///
  /// - Complexity: O(numbers).
  public func split(into widths: [Int]) -> [Tensor] {
    let rows = rowCount(self, of: widths.reduce(0, +), "split")
    var start = 0
    return widths.map { width in
      var part = Tensor(shape: shape.dropLast() + [width])
      extractColumns(span, rows, from: start, &part)
      start += width
      return part
    }
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func extractColumns<Scalar: RecurrentScalar>(
  _ all: Span<Scalar>, _ rows: Int, from start: Int, _ part: inout Tensor<Scalar>
) {
  guard rows > 0 else { return }
  let (width, partWidth) = (all.count / rows, part.count / rows)
  var numbers = part.mutableSpan
  for row in 0..<rows {
    let source = all.extracting(row * width + start..<row * width + start + partWidth)
    for column in source.indices { numbers[row * partWidth + column] = source[column] }
  }
}
