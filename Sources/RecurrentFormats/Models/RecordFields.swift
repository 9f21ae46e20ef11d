internal import Recurrent

/// The members of a layer's record.
struct RecordFields: Codable {
  private var version = 1
  private var cell: String
  private var inputSize: Int
  private var hiddenSize: Int
  private var layerCount: Int
  private var isBidirectional: Bool
  private var projectionSize: Int?
  private var hasPeepholes: Bool?
  private var couplesForget: Bool?
  private var reset: String?
  private var normalizationEpsilon: Double?
  private var activations: [String: ActivationFields]
  private var regularization: [String: Double]

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case version, cell, inputSize, hiddenSize, layerCount, isBidirectional, projectionSize, hasPeepholes
    case couplesForget, reset, normalizationEpsilon, activations, regularization
  }

  // MARK: - From a configuration

  init(_ configuration: CellConfiguration) {
    let common = configuration.common
    cell = configuration.cellName
    (inputSize, hiddenSize, layerCount) = (common.inputSize, common.hiddenSize, common.layerCount)
    isBidirectional = common.isBidirectional
    regularization = Self.probabilities.reduce(into: [:]) { fields, option in
      let probability = common.regularization[keyPath: option.path]
      if probability != 0 { fields[option.name] = probability }
    }
    switch configuration {
    case .lstm(let lstm):
      (projectionSize, hasPeepholes) = (lstm.projectionSize, lstm.hasPeepholes)
      couplesForget = lstm.activations.couplesForget ? true : nil
      normalizationEpsilon = lstm.layerNormalization?.epsilon
      activations = [
        "gate": ActivationFields(lstm.activations.gate), "candidate": ActivationFields(lstm.activations.candidate),
        "output": ActivationFields(lstm.activations.output),
      ]
    case .gru(let gru):
      reset = gru.reset == .afterProduct ? "afterProduct" : "beforeProduct"
      normalizationEpsilon = gru.layerNormalization?.epsilon
      activations = [
        "gate": ActivationFields(gru.activations.gate), "candidate": ActivationFields(gru.activations.candidate),
      ]
    case .rnn(let rnn): activations = ["state": ActivationFields(rnn.activation)]
    }
  }

  // MARK: - To a configuration

  init(from decoder: any Decoder) throws {
    if let other = try decoder.firstMember(beyond: CodingKeys.self) {
      throw RecordFlaw(reason: "its record has the member '\(other)', which this version does not know")
    }
    let container = try decoder.container(keyedBy: CodingKeys.self)
    version = try container.decode(Int.self, forKey: .version)
    guard version == 1 else { throw RecordFlaw(reason: "its record is of version \(version), not 1") }
    cell = try container.decode(String.self, forKey: .cell)
    inputSize = try container.decode(Int.self, forKey: .inputSize)
    hiddenSize = try container.decode(Int.self, forKey: .hiddenSize)
    layerCount = try container.decode(Int.self, forKey: .layerCount)
    isBidirectional = try container.decode(Bool.self, forKey: .isBidirectional)
    projectionSize = try container.decodeIfPresent(Int.self, forKey: .projectionSize)
    hasPeepholes = try container.decodeIfPresent(Bool.self, forKey: .hasPeepholes)
    couplesForget = try container.decodeIfPresent(Bool.self, forKey: .couplesForget)
    reset = try container.decodeIfPresent(String.self, forKey: .reset)
    normalizationEpsilon = try container.decodeIfPresent(Double.self, forKey: .normalizationEpsilon)
    activations = try container.decode([String: ActivationFields].self, forKey: .activations)
    regularization = try container.decode([String: Double].self, forKey: .regularization)
  }

  /// The configuration, in which every member has found its place.
  func configuration() throws -> CellConfiguration {
    switch cell {
    case LSTMConfiguration.cellName:
      guard let hasPeepholes, reset == nil else { throw misplaced() }
      return .lstm(
        LSTMConfiguration(
          inputSize: inputSize, hiddenSize: hiddenSize, layerCount: layerCount, isBidirectional: isBidirectional,
          projectionSize: projectionSize, hasPeepholes: hasPeepholes,
          activations: LSTMActivations(
            gate: try activation("gate", of: 3), candidate: try activation("candidate", of: 3),
            output: try activation("output", of: 3), couplesForget: couplesForget ?? false),
          layerNormalization: normalizationEpsilon.map(LayerNormalization.init), regularization: try chance()))
    case GRUConfiguration.cellName:
      let resets: [String: GRUReset] = ["afterProduct": .afterProduct, "beforeProduct": .beforeProduct]
      guard let reset = reset.flatMap({ resets[$0] }), projectionSize == nil, hasPeepholes == nil,
        couplesForget == nil
      else { throw misplaced() }
      return .gru(
        GRUConfiguration(
          inputSize: inputSize, hiddenSize: hiddenSize, layerCount: layerCount, isBidirectional: isBidirectional,
          reset: reset,
          activations: GRUActivations(
            gate: try activation("gate", of: 2), candidate: try activation("candidate", of: 2)),
          layerNormalization: normalizationEpsilon.map(LayerNormalization.init), regularization: try chance()))
    case RNNConfiguration.cellName:
      guard reset == nil, projectionSize == nil, hasPeepholes == nil, couplesForget == nil,
        normalizationEpsilon == nil
      else { throw misplaced() }
      return .rnn(
        RNNConfiguration(
          inputSize: inputSize, hiddenSize: hiddenSize, layerCount: layerCount, isBidirectional: isBidirectional,
          activation: try activation("state", of: 1), regularization: try chance()))
    default: throw RecordFlaw(reason: "its record is of a cell '\(cell)'")
    }
  }

  private func misplaced() -> RecordFlaw {
    RecordFlaw(reason: "its record has options that are not those of a cell '\(cell)'")
  }

  private func activation(_ name: String, of count: Int) throws -> Activation {
    guard activations.count == count, let fields = activations[name] else {
      throw RecordFlaw(reason: "its record has the activations \(activations.keys.sorted()) for a cell '\(cell)'")
    }
    return try fields.activation()
  }

  private func chance() throws -> Regularization {
    var chance = Regularization.none
    for (name, probability) in regularization {
      guard let option = Self.probabilities.first(where: { $0.name == name }) else {
        throw RecordFlaw(reason: "its record has the regularisation '\(name)', which this version does not know")
      }
      chance[keyPath: option.path] = probability
    }
    return chance
  }

  private static var probabilities: [(name: String, path: WritableKeyPath<Regularization, Double>)] {
    [
      ("dropout", \.dropout), ("inputDropout", \.inputDropout), ("recurrentDropout", \.recurrentDropout),
      ("hiddenZoneout", \.hiddenZoneout), ("cellZoneout", \.cellZoneout), ("dropConnect", \.dropConnect),
    ]
  }
}
