internal import CLAPACKE
public import Recurrent

extension Initializer {
  /// A matrix whose rows or columns, whichever are fewer, are orthonormal, times `gain`: as a recurrent weight it
  /// neither shrinks nor stretches what passes through it.
  ///
  /// The Q of the QR factorisation of a matrix of normal numbers, with the signs of R's diagonal moved into Q, without
  /// which Q would not be uniformly distributed (Mezzadri, "How to generate random matrices from the classical compact
  /// groups", 2007). Saxe, McClelland & Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear
  /// neural networks", 2013.
  ///
  /// - Complexity: O(fan-in · fan-out · min(fan-in, fan-out)).
  public static func orthogonal(gain: Double = 1) -> Initializer {
    Initializer { shape, generator in
      let (rows, columns) = (max(shape.fanIn, shape.fanOut), min(shape.fanIn, shape.fanOut))
      guard columns > 0 else { return [] }
      let q = orthonormalColumns((0..<rows * columns).map { _ in generator.normal() }, rows: rows, columns: columns)
      guard shape.fanIn < shape.fanOut else { return q.map { gain * $0 } }
      return (0..<shape.count).map { gain * q[$0 % shape.fanOut * columns + $0 / shape.fanOut] }
    }
  }

  /// Q of a row-major [rows, columns] matrix, rows ≥ columns, with R's diagonal positive.
  private static func orthonormalColumns(_ matrix: [Double], rows: Int, columns: Int) -> [Double] {
    let (m, n) = (lapackSize(rows), lapackSize(columns))
    var q = matrix
    var reflectors = [Double](repeating: 0, count: columns)
    let factorised = unsafe LAPACKE_dgeqrf(LAPACK_ROW_MAJOR, m, n, &q, n, &reflectors)
    require(factorised == 0, "orthogonal: LAPACKE_dgeqrf of \(rows)×\(columns) returned \(factorised)")
    let signs = (0..<columns).map { q[$0 * columns + $0] < 0 ? -1.0 : 1.0 }
    let formed = unsafe LAPACKE_dorgqr(LAPACK_ROW_MAJOR, m, n, n, &q, n, reflectors)
    require(formed == 0, "orthogonal: LAPACKE_dorgqr of \(rows)×\(columns) returned \(formed)")
    return q.indices.map { q[$0] * signs[$0 % columns] }
  }

  private static func lapackSize(_ value: Int) -> Int32 {
    guard let size = Int32(exactly: value) else {
      fatalError("orthogonal: a size of \(value) is beyond LAPACK's limit of \(Int32.max)")
    }
    return size
  }
}

extension LSTMInitialization {
  /// Keras: Glorot's uniform distribution for the whole input matrix, an orthogonal whole recurrent matrix, b_f = 1.
  public static let keras = LSTMInitialization(
    input: .glorotUniform, recurrent: .orthogonal(), scope: .wholeMatrix, bias: .forget(1))

  /// Haste: Glorot's uniform distribution for each gate's input matrix, each gate's recurrent matrix orthogonal, b_f = 1.
  public static let haste = LSTMInitialization(
    input: .glorotUniform, recurrent: .orthogonal(), scope: .perGate, bias: .forget(1))
}

extension GRUInitialization {
  /// Keras: Glorot's uniform distribution for the whole input matrix, an orthogonal whole recurrent matrix, no biases.
  public static let keras = GRUInitialization(
    input: .glorotUniform, recurrent: .orthogonal(), scope: .wholeMatrix, bias: .constant(0))
}

extension RNNInitialization {
  /// Keras: Glorot's uniform distribution for the input matrix, an orthogonal recurrent matrix, no biases.
  public static let keras = RNNInitialization(
    input: .glorotUniform, recurrent: .orthogonal(), bias: .constant(0))
}
