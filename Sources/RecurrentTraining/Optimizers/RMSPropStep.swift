internal import Recurrent

/// The coefficients of `RMSProp`, and its loops: each over one piece of a tensor, whose place is `range`.
struct RMSPropStep<Scalar: RecurrentScalar> {
  private let rate, decay, kept, new, epsilon, momentum: Scalar

  init(_ rule: RMSProp<Scalar>) {
    rate = Scalar(rule.learningRate)
    decay = Scalar(rule.weightDecay)
    (kept, new) = (Scalar(rule.alpha), Scalar(1 - rule.alpha))
    epsilon = Scalar(rule.epsilon)
    momentum = Scalar(rule.momentum)
  }

  /// g + λ·θ.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func decayed(_ theta: Span<Scalar>, _ gradients: Span<Scalar>, into direction: inout MutableSpan<Scalar>) {
    requireEqual(direction.count, gradients.count)
    requireEqual(theta.count, gradients.count)
    for index in gradients.indices { direction[index] = gradients[index] + decay * theta[index] }
  }

  /// g to g/(√v + ε).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func normalize(_ direction: inout MutableSpan<Scalar>, square: inout Tensor<Scalar>, at range: Range<Int>) {
    var squares = square.mutableSpan
    var v = squares._mutatingExtracting(range)
    requireEqual(direction.count, v.count)
    for index in v.indices {
      let gradient = direction[index]
      let square = kept * v[index] + new * (gradient * gradient)
      v[index] = square
      direction[index] = gradient / (root(square) + epsilon)
    }
  }

  /// g to g/(√(v − ḡ²) + ε). (A variance that rounding made negative counts as 0.)
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func normalize(
    _ direction: inout MutableSpan<Scalar>, square: inout Tensor<Scalar>, mean: inout Tensor<Scalar>,
    at range: Range<Int>
  ) {
    var squares = square.mutableSpan
    var means = mean.mutableSpan
    var v = squares._mutatingExtracting(range)
    var m = means._mutatingExtracting(range)
    requireEqual(direction.count, v.count)
    for index in v.indices {
      let gradient = direction[index]
      v[index] = kept * v[index] + new * (gradient * gradient)
      m[index] = kept * m[index] + new * gradient
      direction[index] = gradient / (root(v[index] - m[index] * m[index]) + epsilon)
    }
  }

  /// d to b = μ·b + d.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func accumulate(_ direction: inout MutableSpan<Scalar>, momentum buffer: inout Tensor<Scalar>, at range: Range<Int>) {
    var momenta = buffer.mutableSpan
    var velocity = momenta._mutatingExtracting(range)
    requireEqual(direction.count, velocity.count)
    for index in velocity.indices {
      velocity[index] = momentum * velocity[index] + direction[index]
      direction[index] = velocity[index]
    }
  }

  /// θ − γ·d.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func move(_ theta: inout MutableSpan<Scalar>, _ direction: Span<Scalar>) {
    requireEqual(direction.count, theta.count)
    for index in theta.indices { theta[index] -= rate * direction[index] }
  }
}

/// Equal counts leave no check in a loop, and so let it use the vector units.
@inline(__always)
private func requireEqual(_ count: Int, _ other: Int) {
  require(count == other, "RMSProp: \(count) numbers beside \(other)")
}
