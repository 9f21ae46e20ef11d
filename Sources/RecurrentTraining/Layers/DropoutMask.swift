public import Recurrent

/// Inverted dropout of a tensor: each number is 0 with a probability of `rate`, else divided by 1 − `rate`.
///
///     let dropout = DropoutMask<Float>(rate: 0.5, shape: pooled.shape, using: &generator)
///     let logits = dense(dropout(pooled))
///     …
///     let pooledGradient = dropout(dense.backward(loss.gradient, input: dropout(pooled), into: &gradients))
///
/// The gradient goes through the same mask, by the same call. Recurrent layers have a `Regularization` of their own.
///
/// Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", 2014.
public struct DropoutMask<Scalar: RecurrentScalar>: Sendable, Equatable {
  /// 0 or 1/(1 − rate), of the shape of what it is for.
  public let factors: Tensor<Scalar>

  /// Draws a mask; one number of the generator for each of the tensor's, none at a rate of 0.
  ///
  /// - Complexity: O(numbers in the shape).
  public init(rate: Double, shape: [Int], using generator: inout SeededGenerator) {
    require(rate >= 0 && rate < 1, "DropoutMask: a rate of \(rate)")
    var factors = Tensor(shape: shape, repeating: Scalar(1 / (1 - rate)))
    if rate > 0 { drop(&factors, rate, &generator) }
    self.factors = factors
  }

  /// The numbers that stay, scaled. What is dropped is 0, even where it was infinite or NaN.
  ///
  /// - Complexity: O(numbers).
  public func callAsFunction(_ tensor: Tensor<Scalar>) -> Tensor<Scalar> {
    require(tensor.shape == factors.shape, "DropoutMask: shape \(tensor.shape) under a mask of \(factors.shape)")
    var kept = tensor
    apply(factors.span, to: &kept)
    return kept
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func drop<Scalar: RecurrentScalar>(
  _ factors: inout Tensor<Scalar>, _ rate: Double, _ generator: inout SeededGenerator
) {
  // Of 2⁶⁴ numbers that are as likely, the smallest are those that drop.
  let limit = UInt64(rate * 0x1p64)
  var factors = factors.mutableSpan
  for index in factors.indices where generator.next() < limit { factors[index] = 0 }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func apply<Scalar: RecurrentScalar>(_ factors: Span<Scalar>, to tensor: inout Tensor<Scalar>) {
  var numbers = tensor.mutableSpan
  require(numbers.count == factors.count, "DropoutMask: \(numbers.count) numbers under \(factors.count) factors")
  for index in factors.indices {
    let scaled = numbers[index] * factors[index]
    numbers[index] = factors[index] == 0 ? 0 : scaled
  }
}
