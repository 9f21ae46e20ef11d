/// A matrix in memory that the members of a team share: its first row, and the floats from one row to the next.
///
/// Spans say that one owner writes; here many do, each its own rows or columns. That they keep to them is the business
/// of `FusedRun`, the only place that hands these out.
@unsafe
struct SharedRows {
  var start: UnsafeMutablePointer<Float>
  var stride: Int

  /// The rows from `first` on, every `step`-th of them.
  @inline(__always)
  func from(_ first: Int, every step: Int = 1) -> SharedRows {
    unsafe SharedRows(start: start + first * stride, stride: stride * step)
  }
}

extension MatrixView where Scalar == Float {
  /// A stride for rows of so many floats, with a gap behind each of them: an odd number of lines of a cache, since rows that
  /// are a power of two apart drive each other from it.
  static func stride(of columns: Int) -> Int { (columns + 31) / 32 * 32 + 16 }

  /// Lends the address of a matrix that has elements. It must only be read.
  @unsafe
  func withAddress(_ body: (SharedRows) -> Void) {
    require(!isTransposed, "withAddress: a transposed matrix of \(rows) rows and \(columns) columns")
    unsafe elements.withUnsafeBufferPointer {
      unsafe body(SharedRows(start: UnsafeMutablePointer(mutating: $0.baseAddress ?? Self.nowhere), stride: stride))
    }
  }

  private static var nowhere: UnsafePointer<Float> { unsafe UnsafePointer(bitPattern: 64)! }
}

extension MutableMatrixView where Scalar == Float {
  /// Lends the address of a matrix; where that has no elements, one that must not be used.
  @unsafe
  mutating func withAddress(_ body: (SharedRows) -> Void) {
    let stride = stride
    unsafe elements.withUnsafeMutableBufferPointer {
      unsafe body(SharedRows(start: $0.baseAddress ?? UnsafeMutablePointer(bitPattern: 64)!, stride: stride))
    }
  }
}

extension AlignedBuffer where Element == Float {
  /// Lends the address of the first element.
  @unsafe
  mutating func withAddress(_ body: (UnsafeMutablePointer<Float>) -> Void) {
    var elements = mutableSpan
    unsafe elements.withUnsafeMutableBufferPointer { unsafe body($0.baseAddress!) }
  }
}

extension LayerState where Scalar == Float {
  /// Lends the addresses of h (beside which the inputs stand) and C.
  @unsafe
  mutating func withAddresses(_ body: (_ hidden: SharedRows, _ cell: SharedRows) -> Void) {
    let (stride, hiddenSize) = (stride, hiddenSize)
    unsafe hiddenInput.withAddress { hidden in
      unsafe Self.withAddress(of: &cell) { cell in
        unsafe body(SharedRows(start: hidden, stride: stride), SharedRows(start: cell, stride: hiddenSize))
      }
    }
  }

  private static func withAddress(
    of buffer: inout AlignedBuffer<Float>, _ body: (UnsafeMutablePointer<Float>) -> Void
  ) {
    unsafe buffer.withAddress(body)
  }
}
