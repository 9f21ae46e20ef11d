/// The weights of one layer and direction of a plain recurrent network, in the canonical form.
public struct RNNWeights<Scalar: RecurrentScalar>: LayerWeights {
  /// [(H + I), H]: H recurrent rows, then I input rows. So [h, x]·matrix is the pre-activation of a step.
  public var matrix: Tensor<Scalar>
  /// [H].
  public var bias: Tensor<Scalar>

  /// Weights from their tensors. Whether their shapes agree is checked by `RNNParameters`, which knows the sizes.
  public init(matrix: Tensor<Scalar>, bias: Tensor<Scalar>) {
    self.matrix = matrix
    self.bias = bias
  }

  /// The same numbers in another precision: exactly where it is the wider one, else rounded.
  public func converted<Other: RecurrentScalar>(to _: Other.Type) -> RNNWeights<Other> {
    RNNWeights<Other>(matrix: matrix.converted(to: Other.self), bias: bias.converted(to: Other.self))
  }

  /// Visits every tensor by the name of its property.
  public func forEach(_ body: (_ name: String, _ tensor: Tensor<Scalar>) -> Void) {
    body("matrix", matrix)
    body("bias", bias)
  }

  /// Visits every tensor in the same order, to change its elements.
  public mutating func updateEach(_ body: (_ name: String, _ tensor: inout Tensor<Scalar>) -> Void) {
    body("matrix", &matrix)
    body("bias", &bias)
  }

  /// Traps unless the shapes are those of `layer` in `configuration`.
  public func requireShapes(of configuration: RNNConfiguration, layer: Int) {
    let hidden = configuration.hiddenSize
    requireShape("matrix", ofLayer: layer, matrix, [hidden + configuration.inputSize(ofLayer: layer), hidden])
    requireShape("bias", ofLayer: layer, bias, [hidden])
  }
}
