internal import Recurrent

/// One step of `Adam` or `AdamW`: its coefficients, and the loop that both share.
struct AdamStep<Scalar: RecurrentScalar> {
  /// λ of `Adam`.
  var decay: Scalar = 0
  /// 1 − γ·λ of `AdamW`.
  var shrinkage: Scalar = 1

  private let meanKept, meanNew, squareKept, squareNew: Scalar
  /// γ/(1 − β₁ᵗ).
  private let rate: Scalar
  /// 1/√(1 − β₂ᵗ).
  private let correction: Scalar
  private let epsilon: Scalar

  /// The coefficients of step t = 1, 2, …
  init(rate: Double, betas: (Double, Double), epsilon: Double, step: Int) {
    (meanKept, meanNew) = (Scalar(betas.0), Scalar(1 - betas.0))
    (squareKept, squareNew) = (Scalar(betas.1), Scalar(1 - betas.1))
    self.rate = Scalar(rate / (1 - power(betas.0, step)))
    correction = Scalar(1 / (1 - power(betas.1, step)).squareRoot())
    self.epsilon = Scalar(epsilon)
  }

  /// Moves the parameters from `offset` on. (With no decay θ·1 and g + 0·θ are θ and g.)
  func apply(
    to parameters: inout MutableSpan<Scalar>, _ gradients: Span<Scalar>, mean: inout Tensor<Scalar>,
    square: inout Tensor<Scalar>, at offset: Int
  ) {
    let range = offset..<offset + gradients.count
    var means = mean.mutableSpan
    var squares = square.mutableSpan
    var theta = parameters._mutatingExtracting(range)
    var m = means._mutatingExtracting(range)
    var v = squares._mutatingExtracting(range)
    adam(self, &theta, gradients, &m, &v)
  }

  /// θ, m and v of one parameter after the step.
  @inline(__always)
  fileprivate func callAsFunction(
    _ theta: Scalar, _ gradient: Scalar, _ m: Scalar, _ v: Scalar
  ) -> (theta: Scalar, m: Scalar, v: Scalar) {
    let gradient = gradient + decay * theta
    let mean = meanKept * m + meanNew * gradient
    let square = squareKept * v + squareNew * (gradient * gradient)
    return (shrinkage * theta - rate * (mean / (root(square) * correction + epsilon)), mean, square)
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func adam<Scalar: RecurrentScalar>(
  _ step: AdamStep<Scalar>, _ theta: inout MutableSpan<Scalar>, _ gradients: Span<Scalar>,
  _ m: inout MutableSpan<Scalar>, _ v: inout MutableSpan<Scalar>
) {
  let count = gradients.count  // equal counts leave no check in the loop, and so let it use the vector units
  require(theta.count == count && m.count == count && v.count == count, "Adam: \(count) gradients")
  for index in gradients.indices {
    let next = step(theta[index], gradients[index], m[index], v[index])
    theta[index] = next.theta
    m[index] = next.m
    v[index] = next.v
  }
}

/// Traps unless both averages forget something.
func requireBetas(_ name: StaticString, _ betas: (Double, Double)) {
  require(betas.0 >= 0 && betas.0 < 1 && betas.1 >= 0 && betas.1 < 1, "\(name): betas of \(betas)")
}

/// xⁿ by squaring: the same bits on every machine, which a mathematical library does not promise.
private func power(_ x: Double, _ exponent: Int) -> Double {
  var (result, square, exponent) = (1.0, x, exponent)
  while exponent > 0 {
    if exponent & 1 == 1 { result *= square }
    square *= square
    exponent >>= 1
  }
  return result
}
