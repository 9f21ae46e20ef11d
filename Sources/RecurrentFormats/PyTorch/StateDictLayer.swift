internal import Recurrent

/// The tensors of one of PyTorch's recurrent layers or cells in a file, and the sizes that their names and shapes tell.
///
/// The ratio of the shapes tells the cell: `weight_ih` has 4·H rows in an LSTM, 3·H in a GRU and H in an RNN, and H is the
/// width of `weight_hh`, or of `weight_hr` where h is projected.
struct StateDictLayer {
  let name: String
  let isCell: Bool
  let layerCount: Int
  let isBidirectional: Bool
  let hasBias: Bool
  let hasProjection: Bool

  /// A layer that the file has under a name; every tensor of that name must belong to it.
  init(_ file: TensorFile, named name: String) throws(TensorFileError) {
    var found: [StateDictName] = []
    for member in file.members(ofLayer: name) {
      guard let own = StateDictName(String(member.dropFirst(name.isEmpty ? 0 : name.count + 1))) else {
        throw .unexpectedTensor(member)
      }
      found.append(own)
    }
    let isCell = found.allSatisfy { $0.layer == nil }
    if let other = found.first(where: { isCell ? $0.part == .projection : $0.layer == nil }) {
      throw .unexpectedTensor(StateDictName.joined(name, other.text))
    }
    self.init(
      name: name, isCell: isCell, layerCount: (found.compactMap(\.layer).max() ?? 0) + 1,
      isBidirectional: found.contains(where: \.isReverse),
      hasBias: found.contains { $0.part == .inputBias || $0.part == .recurrentBias },
      hasProjection: found.contains { $0.part == .projection })
  }

  /// A layer of a shape.
  init(
    name: String, isCell: Bool, layerCount: Int, isBidirectional: Bool, hasBias: Bool, hasProjection: Bool
  ) {
    self.name = name
    self.isCell = isCell
    self.layerCount = layerCount
    self.isBidirectional = isBidirectional
    self.hasBias = hasBias
    self.hasProjection = hasProjection
  }

  /// The whole name of one of its tensors.
  func tensorName(_ part: StateDictName.Part, _ layer: Int, _ direction: Direction) -> String {
    let own = StateDictName(part: part, layer: isCell ? nil : layer, isReverse: direction == .reverse)
    return StateDictName.joined(name, own.text)
  }

  /// What a layer and direction has.
  var parts: [StateDictName.Part] {
    [.inputWeights, .recurrentWeights] + (hasBias ? [.inputBias, .recurrentBias] : [])
      + (hasProjection ? [.projection] : [])
  }

  /// Every layer and direction, in the order of our weights.
  var places: [(layer: Int, direction: Direction)] {
    (0..<layerCount).flatMap { layer in
      (isBidirectional ? Direction.allCases : [.forward]).map { (layer, $0) }
    }
  }

  /// The cell, its sizes and its tensors.
  func description(in file: TensorFile) throws(TensorFileError) -> LayerDescription {
    let input = try matrix(.inputWeights, in: file)
    let recurrent = try matrix(.recurrentWeights, in: file)
    let projection = hasProjection ? try matrix(.projection, in: file) : nil
    let hidden = projection?[1] ?? recurrent[1]
    guard hidden > 0, input[0].isMultiple(of: hidden) else { throw noCell(rows: input[0], units: hidden) }
    let (gates, features) = (input[0] / hidden, input[1])
    let configuration: CellConfiguration
    switch gates {
    case 4:
      configuration = .lstm(
        LSTMConfiguration(
          inputSize: features, hiddenSize: hidden, layerCount: layerCount, isBidirectional: isBidirectional,
          projectionSize: projection?[0]))
    case 3 where !hasProjection:
      configuration = .gru(
        GRUConfiguration(
          inputSize: features, hiddenSize: hidden, layerCount: layerCount, isBidirectional: isBidirectional))
    case 1 where !hasProjection:
      configuration = .rnn(
        RNNConfiguration(
          inputSize: features, hiddenSize: hidden, layerCount: layerCount, isBidirectional: isBidirectional))
    default: throw noCell(rows: input[0], units: hidden)
    }
    if let flaw = configuration.common.flaw { throw .badLayer(name, reason: flaw) }
    return try LayerDescription(
      file, name: name, format: isCell ? .pyTorchCell : .pyTorch, configuration: configuration,
      tensors: tensors(configuration, in: file))
  }

  /// Every tensor with the shape that it must have. Stops at the first one that is missing, however many layers there
  /// should be.
  private func tensors(
    _ configuration: CellConfiguration, in file: TensorFile
  ) throws(TensorFileError) -> [(name: String, shape: [Int])] {
    let common = configuration.common
    let shape = common.shape
    var tensors: [(name: String, shape: [Int])] = []
    for layer in 0..<layerCount {
      let features = layer == 0 ? shape.inputSize : shape.outputSize * shape.directionCount
      for direction in Direction.allCases.prefix(shape.directionCount) {
        for part in parts {
          let wanted =
            switch part {
            case .inputWeights: [shape.gateCount * shape.hiddenSize, features]
            case .recurrentWeights: [shape.gateCount * shape.hiddenSize, shape.outputSize]
            case .inputBias, .recurrentBias: [shape.gateCount * shape.hiddenSize]
            case .projection: [shape.outputSize, shape.hiddenSize]
            }
          let name = tensorName(part, layer, direction)
          guard file.description(of: name) != nil else { throw .missingTensor(name) }
          tensors.append((name, wanted))
        }
      }
    }
    return tensors
  }

  /// The shape of a matrix of the first layer.
  private func matrix(_ part: StateDictName.Part, in file: TensorFile) throws(TensorFileError) -> [Int] {
    let name = tensorName(part, 0, .forward)
    guard let (_, shape) = file.description(of: name) else { throw .missingTensor(name) }
    guard shape.count == 2 else { throw .badTensor(name, reason: "its shape is \(shape), not that of a matrix") }
    return shape
  }

  private func noCell(rows: Int, units: Int) -> TensorFileError {
    .badLayer(
      name, reason: "\(rows) rows of gates for \(units) units; an LSTM has 4 of each, a GRU 3, a plain RNN 1")
  }
}
