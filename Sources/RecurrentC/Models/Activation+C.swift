internal import CRecurrent
internal import Recurrent

extension Activation {
  /// The function that a C caller asks for; `usual` where nothing is asked for.
  init(_ name: StaticString, _ activation: recurrent_activation, usual: Activation) throws(Failure) {
    let (alpha, beta, bound) = (activation.alpha, activation.beta, activation.bound)
    try check(alpha.isFinite && beta.isFinite, "\(name) has the parameters \(alpha) and \(beta)")
    try check(bound >= 0, "\(name) has the bound \(bound); it must be above 0, or 0 for none")
    switch activation.function {
    case RECURRENT_USUAL: self = usual
    case RECURRENT_SIGMOID: self = .sigmoid
    case RECURRENT_TANH: self = .tanh
    case RECURRENT_RELU: self = .relu
    case RECURRENT_IDENTITY: self = .identity
    case RECURRENT_AFFINE: self = .affine(alpha: alpha, beta: beta)
    case RECURRENT_LEAKY_RELU: self = .leakyReLU(alpha: alpha)
    case RECURRENT_THRESHOLDED_RELU: self = .thresholdedReLU(alpha: alpha)
    case RECURRENT_SCALED_TANH: self = .scaledTanh(alpha: alpha, beta: beta)
    case RECURRENT_HARD_SIGMOID: self = .hardSigmoid(alpha: alpha, beta: beta)
    case RECURRENT_ELU: self = .elu(alpha: alpha)
    case RECURRENT_SOFTSIGN: self = .softsign
    case RECURRENT_SOFTPLUS: self = .softplus
    default:
      throw Failure(RECURRENT_INVALID_ARGUMENT, "\(name) is \(activation.function.rawValue), which is no function")
    }
    let used = described
    try check(
      activation.function == RECURRENT_USUAL || used.alpha == alpha && used.beta == beta,
      "\(name) has the parameters \(alpha) and \(beta), not all of which it takes")
    if bound > 0 { self = .clipped(self, bound: bound) }
  }

  /// The function, as a C caller sees it.
  var described: recurrent_activation {
    let (function, bound) = parts
    func described(_ function: recurrent_function, _ alpha: Double = 0, _ beta: Double = 0) -> recurrent_activation {
      recurrent_activation(function: function, alpha: alpha, beta: beta, bound: bound ?? 0)
    }
    return switch function {
    case .sigmoid: described(RECURRENT_SIGMOID)
    case .tanh: described(RECURRENT_TANH)
    case .relu: described(RECURRENT_RELU)
    case .identity: described(RECURRENT_IDENTITY)
    case .affine(let alpha, let beta): described(RECURRENT_AFFINE, alpha, beta)
    case .leakyReLU(let alpha): described(RECURRENT_LEAKY_RELU, alpha)
    case .thresholdedReLU(let alpha): described(RECURRENT_THRESHOLDED_RELU, alpha)
    case .scaledTanh(let alpha, let beta): described(RECURRENT_SCALED_TANH, alpha, beta)
    case .hardSigmoid(let alpha, let beta): described(RECURRENT_HARD_SIGMOID, alpha, beta)
    case .elu(let alpha): described(RECURRENT_ELU, alpha)
    case .softsign: described(RECURRENT_SOFTSIGN)
    case .softplus: described(RECURRENT_SOFTPLUS)
    case .clipped: fatalError("Activation: a bound within a bound")  // of which `parts` leaves none
    }
  }
}

/// Throws where a C caller asks for an activation that the cell has no place for.
func checkAbsent(_ name: StaticString, _ activation: recurrent_activation, in cell: StaticString) throws(Failure) {
  let isAbsent =
    activation.function == RECURRENT_USUAL && activation.alpha == 0 && activation.beta == 0 && activation.bound == 0
  try check(isAbsent, "\(name) is set, which \(cell) does not have")
}
