/// A function of one number that a gate, a candidate or an output goes through.
///
/// The names, formulas and parameters are those of the ONNX operators LSTM, GRU and RNN, whose attribute `clip` is
/// `clipped`.
public enum Activation: Hashable, Sendable {
  /// σ(x) = 1 / (1 + e⁻ˣ), in (0, 1): a share.
  case sigmoid
  /// The hyperbolic tangent, in (−1, 1).
  case tanh
  /// max(0, x).
  case relu
  /// x itself.
  case identity
  /// αx + β.
  case affine(alpha: Double, beta: Double)
  /// x where x ≥ 0, else αx.
  case leakyReLU(alpha: Double)
  /// x where x > α, else 0.
  case thresholdedReLU(alpha: Double)
  /// α·tanh(βx).
  case scaledTanh(alpha: Double, beta: Double)
  /// min(max(αx + β, 0), 1).
  case hardSigmoid(alpha: Double, beta: Double)
  /// x where x ≥ 0, else α(eˣ − 1).
  case elu(alpha: Double)
  /// x / (1 + |x|).
  case softsign
  /// ln(1 + eˣ).
  case softplus
  /// An activation of x where |x| ≤ bound, else of bound or −bound, which is nearer: no pre-activation is beyond it.
  indirect case clipped(Activation, bound: Double)

  /// The activation of `x`. NaN stays NaN.
  public func callAsFunction<Scalar: RecurrentScalar>(_ x: Scalar) -> Scalar {
    switch self {
    case .sigmoid: Recurrent.sigmoid(x)
    case .tanh: Scalar._tanh(x)
    case .relu: x < 0 ? 0 : x
    case .identity: x
    case .affine(let alpha, let beta): Scalar(alpha) * x + Scalar(beta)
    case .leakyReLU(let alpha): x < 0 ? Scalar(alpha) * x : x
    case .thresholdedReLU(let alpha): x <= Scalar(alpha) ? 0 : x
    case .scaledTanh(let alpha, let beta): Scalar(alpha) * Scalar._tanh(Scalar(beta) * x)
    case .hardSigmoid(let alpha, let beta): clamp(Scalar(alpha) * x + Scalar(beta))
    case .elu(let alpha): x < 0 ? Scalar(alpha) * Scalar._expm1(x) : x
    case .softsign: x / (1 + x.magnitude)
    case .softplus: x > 0 ? x + Scalar._log1p(Scalar._exp(-x)) : Scalar._log1p(Scalar._exp(x))
    case .clipped(let activation, let bound):
      activation(x < -Scalar(bound) ? -Scalar(bound) : x > Scalar(bound) ? Scalar(bound) : x)
    }
  }

  private func clamp<Scalar: RecurrentScalar>(_ y: Scalar) -> Scalar { y < 0 ? 0 : y > 1 ? 1 : y }
}

extension Activation {
  /// The function without bounds, and the least of its bounds: what is clipped to both of two is clipped to the lesser.
  package var parts: (function: Activation, bound: Double?) {
    var (function, least): (Activation, Double?) = (self, nil)
    while case .clipped(let inner, let bound) = function { (function, least) = (inner, min(bound, least ?? bound)) }
    return (function, least)
  }

  /// What keeps it from being worked with, if anything does.
  var flaw: String? {
    guard case .clipped(let activation, let bound) = self else { return nil }
    return bound > 0 ? activation.flaw : "a bound of \(bound) for an activation; it must be above 0"
  }
}

/// σ(x) = 1 / (1 + e⁻ˣ), with a relative error that stays small for x → −∞.
///
/// The exponential is always that of −|x|, which neither overflows nor cancels: for x < 0, σ(x) = eˣ / (1 + eˣ).
/// (½ + ½·tanh(x/2), the same function on paper, has lost every digit at x = −17.)
public func sigmoid<Scalar: RecurrentScalar>(_ x: Scalar) -> Scalar {
  let e = Scalar._exp(-x.magnitude)
  return (x < 0 ? e : 1) / (1 + e)
}
