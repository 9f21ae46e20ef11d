/// Rows in chunks that a core works on one after the other.
///
/// A kernel goes through all of its rows for each panel. With many rows, these and the panel do not fit the core's own
/// cache together, and each panel brings all of them from afar; in chunks they stay, and it is the weights that come once
/// more for each chunk, which costs little where a chunk is large. No bit depends on it.
struct RowChunks: Sendable {
  /// The most rows of a chunk.
  let size: Int

  /// Chunks for products whose chains walk `columns` columns of the rows.
  init(columns: Int) {
    let fitting = Self.bytes / (max(columns, 1) * MemoryLayout<Float>.size)
    size = max(Self.leastRows, fitting / Self.tileRows * Self.tileRows)
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
  /// Rows among which weights from the cache that cores share, or from memory, cost little: 18 operations a byte.
  private static var leastRows: Int { 36 }
}
