/// What a cell carries that has nothing but h: a GRU, a plain RNN.
public struct HiddenState<Scalar: RecurrentScalar>: RecurrentState {
  /// [L·D, N, H]: h of every layer and direction.
  public var hidden: Tensor<Scalar>

  /// A state from h.
  public init(hidden: Tensor<Scalar>) { self.hidden = hidden }

  /// h alone.
  public var components: [Tensor<Scalar>] { [hidden] }

  /// A state from h alone.
  public init(components: [Tensor<Scalar>]) {
    require(components.count == 1, "HiddenState: \(components.count) components in place of 1")
    hidden = components[0]
  }
}
