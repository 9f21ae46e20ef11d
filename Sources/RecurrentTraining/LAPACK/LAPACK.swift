internal import CLAPACKE
internal import Recurrent

/// The factorisations of LAPACK that initialisers and diagnostics stand on, in Float and in Double.
///
/// A matrix is an array of its columns one after another, as LAPACK has them; of a row-major tensor that is the
/// transpose.
enum LAPACK {
  /// Replaces the columns of a matrix, of which there must be no more than rows, with orthonormal ones, the first k of
  /// which span what the first k spanned: Q of Q·R, with the diagonal of R, which is returned, not negative.
  ///
  /// - Complexity: O(rows · columns²).
  static func orthonormalize<Scalar: RecurrentScalar>(
    _ matrix: inout [Scalar], rows: Int, columns: Int
  ) -> [Scalar] {
    requireSizes("orthonormalize", matrix.count, rows, columns)
    guard columns > 0 else { return [] }
    let (m, n) = (size(rows), size(columns))
    var reflectors = [Scalar](repeating: 0, count: columns)
    let factorised = unsafe withPointers(&matrix, &reflectors) { a, tau in
      unsafe Scalar.self == Float.self
        ? LAPACKE_sgeqrf(LAPACK_COL_MAJOR, m, n, floats(a), m, floats(tau))
        : LAPACKE_dgeqrf(LAPACK_COL_MAJOR, m, n, doubles(a), m, doubles(tau))
    }
    requireDone("?geqrf", rows, columns, factorised)
    let diagonal = (0..<columns).map { matrix[$0 * rows + $0] }
    let formed = unsafe withPointers(&matrix, &reflectors) { a, tau in
      unsafe Scalar.self == Float.self
        ? LAPACKE_sorgqr(LAPACK_COL_MAJOR, m, n, n, floats(a), m, floats(tau))
        : LAPACKE_dorgqr(LAPACK_COL_MAJOR, m, n, n, doubles(a), m, doubles(tau))
    }
    requireDone("?orgqr", rows, columns, formed)
    for column in 0..<columns where diagonal[column] < 0 {
      for row in 0..<rows { matrix[column * rows + row].negate() }
    }
    return diagonal.map(\.magnitude)
  }

  /// The singular values of a matrix, the largest first. They are right to some ε of the largest one; of smaller ones
  /// nothing is known. NaN all of them where the iteration finds no end.
  ///
  /// - Complexity: O(rows · columns · min(rows, columns)).
  static func singularValues<Scalar: RecurrentScalar>(_ matrix: [Scalar], rows: Int, columns: Int) -> [Scalar] {
    requireSizes("singularValues", matrix.count, rows, columns)
    let (m, n) = (size(rows), size(columns))
    var (matrix, values) = (matrix, [Scalar](repeating: 0, count: min(rows, columns)))
    guard !values.isEmpty else { return [] }
    let none = CChar(UInt8(ascii: "N"))  // no singular vectors
    let found = unsafe withPointers(&matrix, &values) { a, s in
      unsafe Scalar.self == Float.self
        ? LAPACKE_sgesdd(LAPACK_COL_MAJOR, none, m, n, floats(a), m, floats(s), nil, 1, nil, 1)
        : LAPACKE_dgesdd(LAPACK_COL_MAJOR, none, m, n, doubles(a), m, doubles(s), nil, 1, nil, 1)
    }
    guard found <= 0 else { return [Scalar](repeating: .nan, count: values.count) }
    requireDone("?gesdd", rows, columns, found)
    return values
  }

  /// The magnitudes of the eigenvalues of a square matrix, in no certain order; none where a number is not finite, or the
  /// iteration finds no end.
  ///
  /// - Complexity: O(size³).
  static func eigenvalueMagnitudes<Scalar: RecurrentScalar>(_ matrix: [Scalar], size rows: Int) -> [Scalar] {
    requireSizes("eigenvalueMagnitudes", matrix.count, rows, rows)
    guard rows > 0, matrix.allSatisfy(\.isFinite) else { return [] }
    let n = size(rows)
    var (matrix, parts) = (matrix, [Scalar](repeating: 0, count: 2 * rows))  // all real parts, then all imaginary ones
    let none = CChar(UInt8(ascii: "N"))  // no eigenvectors
    let found = unsafe withPointers(&matrix, &parts) { a, w in
      let v = unsafe w + rows
      return unsafe Scalar.self == Float.self
        ? LAPACKE_sgeev(LAPACK_COL_MAJOR, none, none, n, floats(a), n, floats(w), floats(v), nil, 1, nil, 1)
        : LAPACKE_dgeev(LAPACK_COL_MAJOR, none, none, n, doubles(a), n, doubles(w), doubles(v), nil, 1, nil, 1)
    }
    guard found <= 0 else { return [] }
    requireDone("?geev", rows, rows, found)
    return (0..<rows).map { Scalar([parts[$0], parts[rows + $0]].norm) }
  }

  // MARK: - Pointers

  @unsafe
  private static func withPointers<Scalar>(
    _ a: inout [Scalar], _ b: inout [Scalar],
    _ body: (UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>) -> Int32
  ) -> Int32 {
    BLAS.useOneThread()
    return unsafe a.withUnsafeMutableBufferPointer { a in
      unsafe b.withUnsafeMutableBufferPointer { b in unsafe body(a.baseAddress!, b.baseAddress!) }
    }
  }

  @unsafe
  private static func floats<Scalar>(_ pointer: UnsafeMutablePointer<Scalar>) -> UnsafeMutablePointer<Float> {
    unsafe UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Float.self)
  }

  @unsafe
  private static func doubles<Scalar>(_ pointer: UnsafeMutablePointer<Scalar>) -> UnsafeMutablePointer<Double> {
    require(
      Scalar.self == Double.self, "LAPACK: numbers of \(MemoryLayout<Scalar>.size) bytes; it has those of 4 and 8")
    return unsafe UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Double.self)
  }

  // MARK: - Checks

  private static func requireSizes(_ name: StaticString, _ count: Int, _ rows: Int, _ columns: Int) {
    require(count == rows * columns, "\(name): \(count) elements for a matrix of \(rows)×\(columns)")
  }

  private static func requireDone(_ name: StaticString, _ rows: Int, _ columns: Int, _ status: Int32) {
    require(status == 0, "LAPACK: \(name) of a matrix of \(rows)×\(columns) returned \(status)")
  }

  private static func size(_ value: Int) -> Int32 {
    guard let size = Int32(exactly: value) else {
      fatalError("LAPACK: a size of \(value) is beyond its limit of \(Int32.max)")
    }
    return size
  }
}
