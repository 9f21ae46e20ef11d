// Generic code in front of kernels that exist for Float alone: where `Scalar` is Float, its spans are seen as what they
// are. Callers ask `Kernels.serve(Scalar.self)` first.

extension Kernels {
  /// Whether the kernels work on this kind of number.
  static func serve<Scalar: RecurrentScalar>(_: Scalar.Type) -> Bool { Scalar.self == Float.self }

  /// The pointwise pass of an LSTM step over matrices: z [rows, 4·H, padded], cells and units [rows, H].
  @inline(__always)
  func lstmPointwise<Scalar: RecurrentScalar>(
    _ z: borrowing MutableMatrixView<Scalar>, bias: Span<Scalar>, peephole: Span<Scalar>,
    cells: inout MutableMatrixView<Scalar>, units: inout MutableMatrixView<Scalar>
  ) {
    require(units.rows == cells.rows, "lstmPointwise: \(units.rows) rows of units for \(cells.rows) of cells")
    let (rows, hidden, cellStride, unitStride) = (cells.rows, cells.columns, cells.stride, units.stride)
    var cells = cells.floats
    var units = units.floats
    lstmPointwise(
      rows: rows, hidden: hidden, z: floats(z.elements.span), zStride: z.stride, bias: floats(bias),
      peephole: floats(peephole), cell: &cells, cellStride: cellStride, hiddenState: &units, hiddenStride: unitStride)
  }

  /// Replaces every element of a matrix with its activation: σ and tanh are those of the kernels.
  @inline(__always)
  func apply<Scalar: RecurrentScalar>(_ activation: Activation, to matrix: inout MutableMatrixView<Scalar>) {
    let (rows, columns, stride) = (matrix.rows, matrix.columns, matrix.stride)
    var elements = matrix.floats
    for row in 0..<rows {
      var part = elements._mutatingExtracting(row * stride..<row * stride + columns)
      switch activation {
      case .sigmoid: formSigmoid(&part)
      case .tanh: formTanh(&part)
      default: for column in part.indices { part[column] = activation(part[column]) }
      }
    }
  }
}

/// A span of Float under its own name.
@inline(__always)
@_lifetime(copy span)
private func floats<Scalar: RecurrentScalar>(_ span: Span<Scalar>) -> Span<Float> {
  require(Scalar.self == Float.self, "Kernels: there are none for \(Scalar.self)")
  let start = unsafe span.withUnsafeBufferPointer { unsafe UnsafeRawPointer($0.baseAddress) }
  guard let start = unsafe start else { return Span() }
  let floats = unsafe Span(_unsafeStart: start.assumingMemoryBound(to: Float.self), count: span.count)
  return unsafe _overrideLifetime(floats, copying: span)
}

extension MutableMatrixView {
  /// The elements, of a matrix of Float, under their own name.
  fileprivate var floats: MutableSpan<Float> {
    @inline(__always)
    @_lifetime(&self)
    mutating get {
      require(Scalar.self == Float.self, "Kernels: there are none for \(Scalar.self)")
      let count = elements.count
      let start = unsafe elements.withUnsafeMutableBufferPointer { UnsafeMutableRawPointer($0.baseAddress) }
      guard let start = unsafe start else { return MutableSpan() }
      let floats = unsafe MutableSpan(_unsafeStart: start.assumingMemoryBound(to: Float.self), count: count)
      return unsafe _overrideLifetime(floats, mutating: &self)
    }
  }
}
