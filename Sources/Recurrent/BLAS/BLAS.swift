internal import COpenBLAS
internal import CRecurrentKernels

/// OpenBLAS, seen through matrices that know their sizes.
///
/// OpenBLAS is told to use one thread, for the whole process, at the first product: the library divides work itself.
/// (A threaded product of 0.3.21 starts at 64×64×64, spins for a tenth of a second after each call, and can corrupt
/// results where two kinds of product run at once.)
package enum BLAS {
  /// Computes `c = a·b`, or `c += a·b` where `adding`.
  ///
  /// A product with one row goes to `gemv`, which reads `b` once where `gemm` would first pack it. Sizes of 0 are
  /// fine: an empty sum is 0. `c` must not overlap `a` or `b`, which Swift's exclusivity already sees to.
  ///
  /// - Complexity: O(rows · columns · inner), one thread.
  package static func multiply<Scalar>(
    _ a: MatrixView<Scalar>, _ b: MatrixView<Scalar>, into c: inout MutableMatrixView<Scalar>, adding: Bool = false
  ) {
    require(a.columns == b.rows, "multiply: \(a.columns) columns of a for \(b.rows) rows of b")
    require(c.rows == a.rows, "multiply: \(c.rows) rows of the result for \(a.rows) rows of a")
    require(c.columns == b.columns, "multiply: \(c.columns) columns of the result for \(b.columns) columns of b")
    guard c.rows > 0, c.columns > 0 else { return }
    guard a.columns > 0 else {
      if !adding { c.fill(with: 0) }
      return
    }
    if c.rows == 1 && !a.isTransposed {
      if !adding { c.fill(with: 0) }
      CBLAS.addGemv(a, b, to: &c)
    } else {
      CBLAS.gemm(a, b, into: &c, adding: adding)
    }
  }

  /// Tells OpenBLAS to use one thread, as the first product does: for who calls LAPACK, which stands on it, before that.
  package static func useOneThread() { CBLAS.singleThreaded }

  /// What the loaded OpenBLAS says of itself: version, options, and the processor core it chose its kernels for.
  package static var description: String { unsafe String(cString: openblas_get_config()) }

  /// The processor core that OpenBLAS chose its kernels for, such as "Cooperlake" or "Haswell".
  package static var core: String { unsafe String(cString: openblas_get_corename()) }

  /// The processors that this process may run on.
  static var processorCount: Int { Int(openblas_get_num_procs()) }

  /// Whether products of at most 10⁶ multiplications run on kernels that pack nothing, allocate nothing and lock
  /// nothing: so it is for `Float` on the two AVX-512 cores of OpenBLAS 0.3.18 and later.
  package static let hasUnpackedSmallProducts = core == "SkylakeX" || core == "Cooperlake"
}

/// The calls themselves. Sizes have been checked by the caller; every extent must also fit OpenBLAS's 32 bits.
enum CBLAS {
  fileprivate static let singleThreaded: Void = openblas_set_num_threads(1)

  static func gemm<Scalar>(
    _ a: MatrixView<Scalar>, _ b: MatrixView<Scalar>, into c: inout MutableMatrixView<Scalar>, adding: Bool
  ) {
    let product = GemmSizes(a, b, c, adding: adding)
    unsafe withPointers(a, b, &c) { a, b, c in
      unsafe product.perform(a, b, c, Scalar.self, rows: 0..<product.rows, columns: 0..<product.columns)
    }
  }

  /// The same, tile by tile, shared out over a team: each tile is one member's.
  static func gemm<Scalar>(
    _ a: MatrixView<Scalar>, _ b: MatrixView<Scalar>, into c: inout MutableMatrixView<Scalar>, adding: Bool,
    tiling: Tiling, team: ThreadTeam, members: Int
  ) {
    let product = GemmSizes(a, b, c, adding: adding)
    unsafe withPointers(a, b, &c) { a, b, c in
      let operands = unsafe Operands(a: a, b: b, c: c)
      team.run(parts: tiling.count, members: members) { part in
        let control = rk_flush_denormals_begin()
        defer { rk_flush_denormals_end(control) }
        let (rows, columns) = tiling.tile(part)
        unsafe product.perform(operands.a, operands.b, operands.c, Scalar.self, rows: rows, columns: columns)
      }
    }
  }

  /// c += a·b for one row: the stored b, transposed, times the column a. (With the caller's zeros rather than a
  /// factor of 0, so that what stood in c, NaN perhaps, cannot matter.)
  static func addGemv<Scalar>(_ a: MatrixView<Scalar>, _ b: MatrixView<Scalar>, to c: inout MutableMatrixView<Scalar>) {
    let (m, n) = b.isTransposed ? (extent(b.columns), extent(b.rows)) : (extent(b.rows), extent(b.columns))
    let ldb = extent(b.stride)
    let operation = b.isTransposed ? CblasNoTrans : CblasTrans
    unsafe withPointers(a, b, &c) { a, b, c in
      if Scalar.self == Float.self {
        unsafe cblas_sgemv(
          CblasRowMajor, operation, m, n, 1, b.assumingMemoryBound(to: Float.self), ldb,
          a.assumingMemoryBound(to: Float.self), 1, 1, c.assumingMemoryBound(to: Float.self), 1)
      } else {
        unsafe cblas_dgemv(
          CblasRowMajor, operation, m, n, 1, b.assumingMemoryBound(to: Double.self), ldb,
          a.assumingMemoryBound(to: Double.self), 1, 1, c.assumingMemoryBound(to: Double.self), 1)
      }
    }
  }

  @inline(always)
  private static func withPointers<Scalar>(
    _ a: MatrixView<Scalar>, _ b: MatrixView<Scalar>, _ c: inout MutableMatrixView<Scalar>,
    _ call: (UnsafeRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer) -> Void
  ) {
    require(Scalar.self == Float.self || Scalar.self == Double.self, "multiply: OpenBLAS has no \(Scalar.self)")
    _ = singleThreaded
    unsafe a.elements.withUnsafeBufferPointer { a in
      unsafe b.elements.withUnsafeBufferPointer { b in
        unsafe c.elements.withUnsafeMutableBufferPointer { c in
          unsafe call(
            UnsafeRawPointer(a.baseAddress!), UnsafeRawPointer(b.baseAddress!), UnsafeMutableRawPointer(c.baseAddress!))
        }
      }
    }
  }

  fileprivate static func extent(_ value: Int) -> Int32 {
    guard let extent = Int32(exactly: value) else {
      fatalError("multiply: an extent of \(value) is beyond OpenBLAS's limit of \(Int32.max)")
    }
    return extent
  }
}

extension MatrixView {
  fileprivate var operation: CBLAS_TRANSPOSE { isTransposed ? CblasTrans : CblasNoTrans }
}

/// The addresses of a product that members of a team share.
@unsafe
private struct Operands: @unchecked Sendable {
  let a: UnsafeRawPointer
  let b: UnsafeRawPointer
  let c: UnsafeMutableRawPointer
}

/// What a product needs besides its addresses.
private struct GemmSizes: Sendable {
  let rows, columns, inner: Int
  private let a, b, c: Int
  private let operationA, operationB: CBLAS_TRANSPOSE
  private let beta: Double

  init<Scalar>(
    _ a: borrowing MatrixView<Scalar>, _ b: borrowing MatrixView<Scalar>, _ c: borrowing MutableMatrixView<Scalar>,
    adding: Bool
  ) {
    (rows, columns, inner) = (c.rows, c.columns, a.columns)
    (self.a, self.b, self.c) = (a.stride, b.stride, c.stride)
    (operationA, operationB) = (a.operation, b.operation)
    beta = adding ? 1 : 0
  }

  /// Computes some rows and columns of c.
  @unsafe
  func perform<Scalar: RecurrentScalar>(
    _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ c: UnsafeMutableRawPointer, _: Scalar.Type, rows: Range<Int>,
    columns: Range<Int>
  ) {
    let (row, column) = (rows.lowerBound, columns.lowerBound)
    let startA = operationA == CblasNoTrans ? row * self.a : row
    let startB = operationB == CblasNoTrans ? column : column * self.b
    let startC = row * self.c + column
    let (m, n, k) = (CBLAS.extent(rows.count), CBLAS.extent(columns.count), CBLAS.extent(inner))
    let (lda, ldb, ldc) = (CBLAS.extent(self.a), CBLAS.extent(self.b), CBLAS.extent(self.c))
    if Scalar.self == Float.self {
      unsafe cblas_sgemm(
        CblasRowMajor, operationA, operationB, m, n, k, 1, a.assumingMemoryBound(to: Float.self) + startA, lda,
        b.assumingMemoryBound(to: Float.self) + startB, ldb, Float(beta),
        c.assumingMemoryBound(to: Float.self) + startC,
        ldc)
    } else {
      unsafe cblas_dgemm(
        CblasRowMajor, operationA, operationB, m, n, k, 1, a.assumingMemoryBound(to: Double.self) + startA, lda,
        b.assumingMemoryBound(to: Double.self) + startB, ldb, beta, c.assumingMemoryBound(to: Double.self) + startC, ldc
      )
    }
  }
}
