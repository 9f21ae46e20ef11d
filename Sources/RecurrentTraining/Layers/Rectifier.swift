public import Recurrent

/// max(x, 0), number by number: what stands between two linear layers.
///
///     let units = Rectifier(inner(input))
///     let output = outer(units.output)
///     …
///     let innerGradient = units.backward(outer.backward(gradient, input: units.output, into: &outerGradients))
public struct Rectifier<Scalar: RecurrentScalar>: Sendable {
  /// The input's numbers above 0, and 0 in place of the others. NaN stays.
  public let output: Tensor<Scalar>

  /// Rectifies any tensor.
  ///
  /// - Complexity: O(numbers).
  public init(_ input: Tensor<Scalar>) {
    var output = input
    rectify(&output)
    self.output = output
  }

  /// The gradient of the input: that of the output where the input is above 0, else 0.
  ///
  /// - Complexity: O(numbers).
  public func backward(_ outputGradient: Tensor<Scalar>) -> Tensor<Scalar> {
    require(
      outputGradient.shape == output.shape,
      "Rectifier.backward: a gradient of shape \(outputGradient.shape) for an output of shape \(output.shape)")
    var gradient = outputGradient
    mask(&gradient, where: output.span)
    return gradient
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func rectify<Scalar: RecurrentScalar>(_ tensor: inout Tensor<Scalar>) {
  var numbers = tensor.mutableSpan
  for index in numbers.indices where numbers[index] <= 0 { numbers[index] = 0 }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func mask<Scalar: RecurrentScalar>(_ gradient: inout Tensor<Scalar>, where output: Span<Scalar>) {
  var numbers = gradient.mutableSpan
  for index in output.indices where output[index] == 0 { numbers[index] = 0 }
}
