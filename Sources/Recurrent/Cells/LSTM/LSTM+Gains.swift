/// What a layer-normalised LSTM learns besides its weights, of one layer and direction; `LayerNormalization` has the
/// equations.
public struct LSTMGains<Scalar: RecurrentScalar>: Sendable, Equatable {
  /// γ_x [4·H], in the blocks i f g o: of the products of the input.
  public var input: Tensor<Scalar>
  /// γ_h [4·H], in the blocks i f g o: of the products of h.
  public var recurrent: Tensor<Scalar>
  /// γ_c [H]: of C on its way into h.
  public var cell: Tensor<Scalar>
  /// β_c [H]: what is added to it.
  public var cellShift: Tensor<Scalar>

  /// Gains from their tensors. Whether their shapes agree is checked by `LSTMParameters`, which knows the sizes.
  public init(input: Tensor<Scalar>, recurrent: Tensor<Scalar>, cell: Tensor<Scalar>, cellShift: Tensor<Scalar>) {
    self.input = input
    self.recurrent = recurrent
    self.cell = cell
    self.cellShift = cellShift
  }

  /// Where training begins: gains of 1, and a shift of 0.
  public init(hiddenSize: Int) {
    let width = LSTMGate.allCases.count * hiddenSize
    self.init(
      input: Tensor(shape: [width], repeating: 1), recurrent: Tensor(shape: [width], repeating: 1),
      cell: Tensor(shape: [hiddenSize], repeating: 1), cellShift: Tensor(shape: [hiddenSize]))
  }

  /// The same numbers in another precision.
  func converted<Other: RecurrentScalar>(to type: Other.Type) -> LSTMGains<Other> {
    LSTMGains<Other>(
      input: input.converted(to: type), recurrent: recurrent.converted(to: type), cell: cell.converted(to: type),
      cellShift: cellShift.converted(to: type))
  }

  func forEach(_ body: (_ name: String, _ tensor: Tensor<Scalar>) -> Void) {
    body("inputGain", input)
    body("recurrentGain", recurrent)
    body("cellGain", cell)
    body("cellShift", cellShift)
  }

  mutating func updateEach(_ body: (_ name: String, _ tensor: inout Tensor<Scalar>) -> Void) {
    body("inputGain", &input)
    body("recurrentGain", &recurrent)
    body("cellGain", &cell)
    body("cellShift", &cellShift)
  }
}
