internal import Recurrent

/// An activation in a record: its name, its parameters where it has some, and the bound that it is clipped to.
struct ActivationFields: Codable {
  private var name: String
  private var alpha: Double?
  private var beta: Double?
  private var bound: Double?

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case name, alpha, beta, bound
  }

  /// Of several bounds the record has the least, with which the function is the same.
  init(_ activation: Activation) {
    let (function, bound) = activation.parts
    self.bound = bound
    switch function {
    case .sigmoid: name = "sigmoid"
    case .tanh: name = "tanh"
    case .relu: name = "relu"
    case .identity: name = "identity"
    case .affine(let alpha, let beta): (name, self.alpha, self.beta) = ("affine", alpha, beta)
    case .leakyReLU(let alpha): (name, self.alpha) = ("leakyReLU", alpha)
    case .thresholdedReLU(let alpha): (name, self.alpha) = ("thresholdedReLU", alpha)
    case .scaledTanh(let alpha, let beta): (name, self.alpha, self.beta) = ("scaledTanh", alpha, beta)
    case .hardSigmoid(let alpha, let beta): (name, self.alpha, self.beta) = ("hardSigmoid", alpha, beta)
    case .elu(let alpha): (name, self.alpha) = ("elu", alpha)
    case .softsign: name = "softsign"
    case .softplus: name = "softplus"
    case .clipped: fatalError("ActivationFields: a bound within a bound")  // of which `parts` leaves none
    }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String.self, forKey: .name)
    if let other = try decoder.firstMember(beyond: CodingKeys.self) {
      throw RecordFlaw(reason: "its record has an activation '\(name)' with the member '\(other)', which is not known")
    }
    alpha = try container.decodeIfPresent(Double.self, forKey: .alpha)
    beta = try container.decodeIfPresent(Double.self, forKey: .beta)
    bound = try container.decodeIfPresent(Double.self, forKey: .bound)
  }

  func activation() throws -> Activation {
    let function = try function()
    return bound.map { .clipped(function, bound: $0) } ?? function
  }

  private func function() throws -> Activation {
    switch (name, alpha, beta) {
    case ("sigmoid", nil, nil): return .sigmoid
    case ("tanh", nil, nil): return .tanh
    case ("relu", nil, nil): return .relu
    case ("identity", nil, nil): return .identity
    case ("affine", let alpha?, let beta?): return .affine(alpha: alpha, beta: beta)
    case ("leakyReLU", let alpha?, nil): return .leakyReLU(alpha: alpha)
    case ("thresholdedReLU", let alpha?, nil): return .thresholdedReLU(alpha: alpha)
    case ("scaledTanh", let alpha?, let beta?): return .scaledTanh(alpha: alpha, beta: beta)
    case ("hardSigmoid", let alpha?, let beta?): return .hardSigmoid(alpha: alpha, beta: beta)
    case ("elu", let alpha?, nil): return .elu(alpha: alpha)
    case ("softsign", nil, nil): return .softsign
    case ("softplus", nil, nil): return .softplus
    default: throw RecordFlaw(reason: "its record has an activation '\(name)' with other parameters than it needs")
    }
  }
}
