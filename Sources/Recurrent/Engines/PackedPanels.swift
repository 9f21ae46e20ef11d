/// Weights in the form that the fused kernels read: panels of V units with all their gates, V being the width of a vector
/// register. The picture stands in `recurrent_kernels.h`.
///
/// Made once from canonical weights, and read by any number of threads and streams.
package final class PackedPanels: Sendable {
  /// G.
  let gateCount: Int
  /// K: the rows that a chain of multiply-adds walks.
  let rowCount: Int
  /// Panels: H over V, rounded up.
  let panelCount: Int
  let elements: SharedBuffer<Float>

  /// Packs the column blocks `gates` of a matrix [rows, blocks·H], its rows in the order of `rows`.
  ///
  /// - Complexity: O(rows · gates · H).
  init(_ matrix: Span<Float>, rows: [Range<Int>], gates: [Int], blockCount: Int, hiddenSize: Int, width: Int) {
    gateCount = gates.count
    rowCount = rows.reduce(0) { $0 + $1.count }
    panelCount = (hiddenSize + width - 1) / width
    var buffer = AlignedBuffer<Float>(count: panelCount * rowCount * gateCount * width)
    var packed = buffer.mutableSpan
    let order = rows.flatMap { Array($0) }
    var to = 0
    for panel in 0..<panelCount {
      let units = min(width, hiddenSize - panel * width)
      for row in order {
        for block in gates {
          let from = (row * blockCount + block) * hiddenSize + panel * width
          for unit in 0..<units { packed[to + unit] = matrix[from + unit] }
          to += width
        }
      }
    }
    elements = SharedBuffer(buffer)
  }

  /// Packs a vector [blocks·H], such as a bias, as a matrix of one row.
  convenience init(_ vector: Span<Float>, gates: [Int], blockCount: Int, hiddenSize: Int, width: Int) {
    self.init(
      vector, rows: [0..<1], gates: gates, blockCount: blockCount, hiddenSize: hiddenSize, width: width)
  }
}
