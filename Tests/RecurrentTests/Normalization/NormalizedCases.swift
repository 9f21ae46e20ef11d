import Recurrent

extension LayerCase {
  /// The same case with layer normalisation; nil for a cell or an option that has none, or where it is there already.
  var normalized: LayerCase? {
    var example = self
    switch options {
    case .lstm(var configuration):
      guard configuration.projectionSize == nil, !configuration.hasPeepholes else { return nil }
      guard configuration.layerNormalization == nil else { return nil }
      configuration.layerNormalization = .standard
      example.options = .lstm(configuration)
    case .gru(var configuration):
      guard configuration.reset == .afterProduct, configuration.layerNormalization == nil else { return nil }
      configuration.layerNormalization = .standard
      example.options = .gru(configuration)
    case .rnn: return nil
    }
    return example
  }

  /// Whether its products are normalised.
  var isNormalized: Bool {
    switch options {
    case .lstm(let configuration): configuration.layerNormalization != nil
    case .gru(let configuration): configuration.layerNormalization != nil
    case .rnn: false
    }
  }

  /// Whether rounding does about as much to gradients as to sums. Two numbers that are normalised become ±1, but where they
  /// are nearly equal they jump from one to the other: by a slope of up to 1/√ε, of which the square goes into how far
  /// rounding takes a gradient.
  var isWellConditioned: Bool {
    shape.hiddenSize > 2 || !shape.hasCell || !isNormalized
  }
}

extension [LayerCase] {
  /// These, and with layer normalisation those that may have it.
  var withNormalized: [LayerCase] { self + compactMap(\.normalized) }
}

extension ParameterSet {
  /// Draws gains from U(½, 3/2) and shifts from U(−½, ½); other parameters stay.
  mutating func drawGains(seed: UInt64) {
    var generator = SeededGenerator(seed: seed &+ 3)
    updateEach { name, tensor in
      let middle: Double? = name.contains("Gain") ? 1 : name.contains("Shift") ? 0 : nil
      guard let middle else { return }
      let elements = (0..<tensor.count).map { _ in Scalar(middle + generator.uniform(-0.5, 0.5)) }
      tensor = Tensor(shape: tensor.shape, elements: elements)
    }
  }
}
