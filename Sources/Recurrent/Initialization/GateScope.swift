/// The matrix that an initialiser sees. With the fan-out in its formula the two give different weights, for an LSTM
/// √(6/(I + 4·H)) against √(6/(I + H)); and four orthogonal gates are not one orthogonal whole.
public enum GateScope: Sendable {
  /// Each gate's [fan-in, H] on its own (as Haste and Flax do).
  case perGate
  /// All gates' [fan-in, G·H] at once (as Keras does).
  case wholeMatrix
}

/// Draws the weights of one layer and direction, one tensor after the other.
struct WeightDrawing<Scalar: RecurrentScalar> {
  let hiddenSize: Int
  let gateCount: Int
  let scope: GateScope

  /// [fanIn, fanOut], row by row.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func draw(
    _ initializer: Initializer, _ fanIn: Int, _ fanOut: Int, using generator: inout SeededGenerator
  ) -> [Scalar] {
    initializer(.init(fanIn: fanIn, fanOut: fanOut, hiddenSize: hiddenSize), using: &generator).map { Scalar($0) }
  }

  /// [fanIn, G·H], drawn as the scope says.
  private func drawGates(
    _ initializer: Initializer, _ fanIn: Int, using generator: inout SeededGenerator
  ) -> [Scalar] {
    switch scope {
    case .wholeMatrix: return draw(initializer, fanIn, gateCount * hiddenSize, using: &generator)
    case .perGate:
      let blocks = (0..<gateCount).map { _ in draw(initializer, fanIn, hiddenSize, using: &generator) }
      return (0..<fanIn).flatMap { row in blocks.flatMap { $0[row * hiddenSize..<(row + 1) * hiddenSize] } }
    }
  }

  /// The canonical matrix [(R + I), G·H]: the recurrent rows first.
  func drawMatrix(
    recurrent: Initializer, rows recurrentRows: Int, input: Initializer, rows inputRows: Int,
    using generator: inout SeededGenerator
  ) -> Tensor<Scalar> {
    let elements =
      drawGates(recurrent, recurrentRows, using: &generator) + drawGates(input, inputRows, using: &generator)
    return Tensor(shape: [recurrentRows + inputRows, gateCount * hiddenSize], elements: elements)
  }

  /// A vector, which the initialiser sees as a matrix [1, count].
  func drawVector(_ initializer: Initializer, count: Int, using generator: inout SeededGenerator) -> Tensor<Scalar> {
    Tensor(shape: [count], elements: draw(initializer, 1, count, using: &generator))
  }
}
