/// What a layer-normalised GRU learns besides its weights, of one layer and direction; `LayerNormalization` has the
/// equations.
public struct GRUGains<Scalar: RecurrentScalar>: Sendable, Equatable {
  /// γ_x [3·H], in the blocks r z n: of the products of the input.
  public var input: Tensor<Scalar>
  /// γ_h [3·H], in the blocks r z n: of the products of h.
  public var recurrent: Tensor<Scalar>

  /// Gains from their tensors. Whether their shapes agree is checked by `GRUParameters`, which knows the sizes.
  public init(input: Tensor<Scalar>, recurrent: Tensor<Scalar>) {
    self.input = input
    self.recurrent = recurrent
  }

  /// Where training begins: gains of 1.
  public init(hiddenSize: Int) {
    let ones = Tensor<Scalar>(shape: [GRUGate.allCases.count * hiddenSize], repeating: 1)
    self.init(input: ones, recurrent: ones)
  }

  /// The same numbers in another precision.
  func converted<Other: RecurrentScalar>(to type: Other.Type) -> GRUGains<Other> {
    GRUGains<Other>(input: input.converted(to: type), recurrent: recurrent.converted(to: type))
  }

  func forEach(_ body: (_ name: String, _ tensor: Tensor<Scalar>) -> Void) {
    body("inputGain", input)
    body("recurrentGain", recurrent)
  }

  mutating func updateEach(_ body: (_ name: String, _ tensor: inout Tensor<Scalar>) -> Void) {
    body("inputGain", &input)
    body("recurrentGain", &recurrent)
  }
}
