/// Weights in the form that the fused kernels read: panels of V units with all their gates, V being the width of a vector
/// register. The picture stands in `recurrent_kernels.h`.
///
/// Made once from canonical weights, and read by any number of threads and streams.
package final class PackedPanels: Sendable {
  /// G.
  let gateCount: Int
  /// K: the rows that a chain of multiply-adds walks.
  let rowCount: Int
  /// H.
  let hiddenSize: Int
  /// Panels: H over V, rounded up.
  let panelCount: Int
  let elements: SharedBuffer<Float>

  /// Packs the column blocks `gates` of a matrix [rows, blocks·H], its rows in the order of `rows`.
  ///
  /// - Complexity: O(rows · gates · H).
  init(_ matrix: Span<Float>, rows: [Range<Int>], gates: [Int], blockCount: Int, hiddenSize: Int, width: Int) {
    gateCount = gates.count
    rowCount = rows.reduce(0) { $0 + $1.count }
    self.hiddenSize = hiddenSize
    panelCount = (hiddenSize + width - 1) / width
    let forms = (0..<panelCount).map {
      PanelForm(gateCount: gates.count, unitCount: min(width, hiddenSize - $0 * width), width: width)
    }
    var buffer = AlignedBuffer<Float>(count: rowCount * forms.reduce(0) { $0 + $1.rowSize })
    var to = 0
    for (panel, form) in forms.enumerated() {
      let offsets = gates.map { $0 * hiddenSize + panel * width }
      for range in rows {
        buffer.packPanel(
          form, at: to, from: matrix, stride: blockCount * hiddenSize, rows: range, gateOffsets: offsets)
        to += range.count * form.rowSize
      }
    }
    elements = SharedBuffer(buffer)
  }

  /// Packs the transpose of a part of a matrix whose rows are `stride` apart: its rows are the units, of one gate, and a
  /// chain walks its columns. The members of the room's team share the work, and the memory is the room's.
  ///
  /// - Complexity: O(rows · columns).
  init(
    transposeOf matrix: Span<Float>, stride: Int, rows: Range<Int>, columns: Range<Int>, width: Int, room: PackingRoom
  ) {
    gateCount = 1
    rowCount = columns.count
    hiddenSize = rows.count
    panelCount = (rows.count + width - 1) / width
    var buffer = room.shelf.take(count: rowCount * panelCount * width)
    buffer.packTransposedPanels(of: matrix, stride: stride, rows: rows, columns: columns, width: width, team: room.team)
    elements = SharedBuffer(buffer) { [shelf = room.shelf] in shelf.put($0) }
  }

  /// Packs a vector [blocks·H], such as a bias, as a matrix of one row.
  convenience init(_ vector: Span<Float>, gates: [Int], blockCount: Int, hiddenSize: Int, width: Int) {
    self.init(
      vector, rows: [0..<1], gates: gates, blockCount: blockCount, hiddenSize: hiddenSize, width: width)
  }
}

/// How the gates of a panel stand beside each other in each row of it: one a vector, or in a narrow panel, which has so
/// few units that they fill fewer vectors, one right after the other.
struct PanelForm {
  let unitCount: Int
  /// Floats from a gate to the next.
  let gateStride: Int
  /// Floats of a row, whole vectors.
  let rowSize: Int

  init(gateCount: Int, unitCount: Int, width: Int) {
    let vectorCount = (gateCount * unitCount + width - 1) / width
    self.unitCount = unitCount
    gateStride = vectorCount < gateCount ? unitCount : width
    rowSize = vectorCount * width
  }
}
