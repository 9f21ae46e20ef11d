internal import Recurrent

/// An activation in a record: its name, and its parameters where it has some.
struct ActivationFields: Codable {
  private var name: String
  private var alpha: Double?
  private var beta: Double?
  /// The bounds of pre-activations, the outermost first.
  private var clips: [Double]?

  private enum CodingKeys: String, CodingKey {
    case name, alpha, beta, clips
  }

  /// More bounds than make sense, since the least is the one that counts.
  private static let clipLimit = 16

  init(_ activation: Activation) {
    var (activation, bounds) = (activation, [Double]())
    while case .clipped(let inner, let bound) = activation {
      activation = inner
      bounds.append(bound)
    }
    if !bounds.isEmpty { clips = bounds }
    switch activation {
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
    case .clipped: preconditionFailure("\(activation) is still clipped")
    }
  }

  init(from decoder: any Decoder) throws {
    try RecordFlaw.requireKnown(CodingKeys.self, in: decoder)
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String.self, forKey: .name)
    alpha = try container.decodeIfPresent(Double.self, forKey: .alpha)
    beta = try container.decodeIfPresent(Double.self, forKey: .beta)
    clips = try container.decodeIfPresent([Double].self, forKey: .clips)
  }

  func activation() throws -> Activation {
    guard clips?.count ?? 0 <= Self.clipLimit else {
      throw RecordFlaw(
        reason: "its record has an activation with \(clips?.count ?? 0) bounds, more than \(Self.clipLimit)")
    }
    return try (clips ?? []).reversed().reduce(unclipped()) { .clipped($0, bound: $1) }
  }

  private func unclipped() throws -> Activation {
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
