public import Recurrent

extension RecurrentLayer where Weights: StorableWeights {
  /// Reads a layer from a file in the safetensors format: one of PyTorch's (`LSTM`, `GRU`, `RNN` and their cells) or one
  /// of ours.
  ///
  ///     let vad = try LSTM<Float>(contentsOf: "silero_vad.safetensors", named: "lstm_cell")
  ///
  /// Layers, directions and sizes come from names and shapes, or from our own configuration. Numbers become `Scalar` exactly
  /// where that is the wider kind, else rounded. Of PyTorch's two biases the sum is kept, in `Scalar`, as PyTorch computes
  /// it.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - name: what stands before the first dot of the tensors' own names, such as "encoder.lstm"; nil for the file's only
  ///     layer.
  ///   - engine: what is to run it.
  /// - Complexity: O(number of parameters); of other tensors nothing is read.
  public init(
    contentsOf path: String, named name: String? = nil, engine: Engine = .fused
  ) throws(TensorFileError) {
    try self.init(TensorFile(contentsOf: path), named: name, engine: engine)
  }

  /// Reads a layer from a file that is open or in memory.
  public init(_ file: TensorFile, named name: String? = nil, engine: Engine = .fused) throws(TensorFileError) {
    try self.init(file, file.layer(named: name), engine: engine)
  }

  /// Reads a layer that a file holds.
  init(_ file: TensorFile, _ layer: LayerDescription, engine: Engine) throws(TensorFileError) {
    guard let configuration = Weights.configuration(layer.configuration) else {
      throw .mismatch(
        "the layer '\(layer.name)'", found: layer.configuration.cellName, wanted: Weights.Configuration.cellName)
    }
    let weights: [Weights] =
      switch layer.format {
      case .recurrent: try Self.canonicalWeights(file, layer, configuration)
      case .pyTorch, .pyTorchCell: try Self.pyTorchWeights(file, layer.name)
      }
    self.init(configuration, parameters: LayerParameters(configuration, weights: weights), engine: engine)
  }

  private static func canonicalWeights(
    _ file: TensorFile, _ layer: LayerDescription, _ configuration: Weights.Configuration
  ) throws(TensorFileError) -> [Weights] {
    var weights: [Weights] = []
    var names = layer.tensorNames[...]
    while !names.isEmpty {
      let shapes = Weights.shapes(configuration, layer: weights.count / configuration.shape.directionCount)
      var tensors: [String: Tensor<Scalar>] = [:]
      for (own, name) in zip(shapes.map(\.name), names) {
        tensors[own] = try file.tensor(name, convertedTo: Scalar.self)
      }
      weights.append(Weights(tensors: tensors))
      names = names.dropFirst(shapes.count)
    }
    return weights
  }

  private static func pyTorchWeights(_ file: TensorFile, _ name: String) throws(TensorFileError) -> [Weights] {
    let layer = try StateDictLayer(file, named: name)
    var weights: [Weights] = []
    for place in layer.places {
      weights.append(Weights(pyTorch: try layer.weights(place.layer, place.direction, in: file)))
    }
    return weights
  }
}

extension RNN {
  /// Reads a plain RNN whose activation its file does not tell: PyTorch keeps the `nonlinearity` in the code alone.
  ///
  /// Throws where the file has an activation, and it is another one.
  public init(
    contentsOf path: String, named name: String? = nil, activation: Activation, engine: Engine = .fused
  ) throws(TensorFileError) {
    try self.init(TensorFile(contentsOf: path), named: name, activation: activation, engine: engine)
  }

  /// Reads a plain RNN whose activation its file does not tell, from a file that is open or in memory.
  public init(
    _ file: TensorFile, named name: String? = nil, activation: Activation, engine: Engine = .fused
  ) throws(TensorFileError) {
    let layer = try file.layer(named: name)
    let rnn = try RNN(file, layer, engine: engine)
    if rnn.configuration.activation == activation {
      self = rnn
      return
    }
    guard layer.format != .recurrent else {
      throw .mismatch(
        "the activation of '\(layer.name)'", found: "\(rnn.configuration.activation)", wanted: "\(activation)")
    }
    var configuration = rnn.configuration
    configuration.activation = activation
    self.init(configuration, parameters: rnn.parameters, engine: engine)
  }
}

extension TensorFile {
  /// Adds a layer in our own form: canonical tensors as F32 or F64, and all of its configuration in the metadata.
  ///
  /// A layer of the same name that is there already is replaced.
  public mutating func set<Layer: RecurrentLayer>(_ layer: Layer, named name: String = "")
  where Layer.Weights: StorableWeights {
    removeLayer(name)
    describe(Layer.Weights.cell(layer.configuration), named: name)
    layer.parameters.forEach { own, tensor in set(StateDictName.joined(name, own), tensor) }
  }

  /// Says in the metadata that the tensors under a name are the parameters of a layer: for who adds those tensors apart,
  /// as a part of a larger set.
  public mutating func describe(_ configuration: CellConfiguration, named name: String = "") {
    metadata[LayerRecord.key(name)] = LayerRecord(configuration).text
  }

  /// Removes the tensors and the record of a layer, if it is there.
  mutating func removeLayer(_ name: String) {
    guard layerNames.contains(name) else { return }
    for member in members(ofLayer: name) { remove(member) }
    metadata[LayerRecord.key(name)] = nil
  }
}
