/// Rows in chunks that a core works on one after the other.
///
/// A kernel goes through all of its rows for each panel. With many rows, these and the panel do not fit the core's own
/// cache together, and each panel brings all of them from afar; in chunks they stay, and it is the weights that come once
/// more for each chunk, which costs little where a chunk is large. (LSTM, N = 128, I = H = 512, on a Zen 3 with 512 KiB
/// of L2: 74 GFLOP/s on one core in one piece, as many as with N = 64 in two.) No bit depends on it.
struct RowChunks: Sendable {
  /// The most rows of a chunk.
  let size: Int

  /// Chunks for products whose chains walk `columns` columns of the rows.
  init(columns: Int) {
    size = max(Self.tileRows, Self.bytes / (max(columns, 1) * MemoryLayout<Float>.size) / Self.tileRows * Self.tileRows)
  }

  /// The chunks of some rows, as even as whole tiles allow.
  func callAsFunction(_ rows: Range<Int>) -> some Sequence<Range<Int>> {
    let count = (rows.count + size - 1) / size
    let tiles = (rows.count + Self.tileRows - 1) / Self.tileRows
    return (0..<count).lazy.map { [end = rows.upperBound] chunk in
      let first = rows.lowerBound + tiles * chunk / count * Self.tileRows
      return first..<min(rows.lowerBound + tiles * (chunk + 1) / count * Self.tileRows, end)
    }
  }

  /// What a chunk of rows may take of a core's cache.
  private static var bytes: Int { 288 << 10 }
  /// A number of rows that all kernels' tiles divide: 3, 4 and 6.
  private static var tileRows: Int { 12 }
}
