/// Tensors that training changes, in a fixed order, each with a name: the weights of a layer, or their gradients, which
/// are a value of the same type.
public protocol ParameterSet<Scalar>: Sendable {
  /// Float or Double.
  associatedtype Scalar: RecurrentScalar

  /// Visits every tensor.
  func forEach(_ body: (_ name: String, _ tensor: Tensor<Scalar>) -> Void)

  /// Visits every tensor in the same order, to change its elements. The shapes must stay.
  mutating func updateEach(_ body: (_ name: String, _ tensor: inout Tensor<Scalar>) -> Void)
}

extension ParameterSet {
  /// All numbers of all tensors.
  public var parameterCount: Int {
    var count = 0
    forEach { _, tensor in count += tensor.count }
    return count
  }

  /// The same tensors full of zeros: where gradients begin.
  ///
  /// - Complexity: O(number of parameters).
  public func zeros() -> Self {
    var zeros = self
    zeros.updateEach { _, tensor in tensor = Tensor(shape: tensor.shape) }
    return zeros
  }
}
