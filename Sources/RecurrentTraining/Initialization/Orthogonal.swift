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
      let drawn = (0..<rows * columns).map { _ in generator.normal() }  // row by row
      var q = (0..<rows * columns).map { drawn[$0 % rows * columns + $0 / rows] }  // column by column
      _ = LAPACK.orthonormalize(&q, rows: rows, columns: columns)
      guard shape.fanIn >= shape.fanOut else { return q.map { gain * $0 } }
      return (0..<shape.count).map { gain * q[$0 % columns * rows + $0 / columns] }
    }
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
