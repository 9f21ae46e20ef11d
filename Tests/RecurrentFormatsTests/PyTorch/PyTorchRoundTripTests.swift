import Recurrent
import RecurrentFormats
import Testing

@Suite("PyTorch: back into a state_dict")
struct PyTorchRoundTripTests {
  /// Reads a layer of a file, lets `change` have it, and puts it back into a copy of the file.
  private func putBack<Scalar>(
    _ golden: PyTorchGolden, _: Scalar.Type, _ change: (inout Tensor<Scalar>) -> Void = { _ in }
  ) throws -> TensorFile {
    var file = golden.model
    func put<Layer: RecurrentLayer>(_ layer: Layer) throws
    where Layer.Scalar == Scalar, Layer.Weights: StorableWeights {
      var layer = layer
      layer.parameters.updateEach { _, tensor in change(&tensor) }
      try file.set(pyTorch: layer, named: golden.layer)
    }
    switch try AnyLayer<Scalar>(file, named: golden.layer, engine: .naive) {
    case .lstm(let lstm): try put(lstm)
    case .gru(let gru): try put(gru)
    case .rnn(let rnn): try put(rnn)
    }
    return try TensorFile(decoding: file.encoded())
  }

  @Test(
    "every tensor comes back bit for bit: in its kind, with its bias in the same two parts",
    arguments: PyTorchGolden.cases)
  func unchanged(golden: (file: String, layer: String)) throws {
    let files = try PyTorchGolden(golden.file, layer: golden.layer)
    #expect(try putBack(files, Float.self) == files.model)
    #expect(try putBack(files, Double.self) == files.model)
  }

  @Test("what was changed comes back as the changed layer", arguments: PyTorchGolden.cases)
  func changed(golden: (file: String, layer: String)) throws {
    let files = try PyTorchGolden(golden.file, layer: golden.layer)
    let file = try putBack(files, Float.self) { tensor in
      var elements = tensor.elements
      elements[elements.count - 1] += 0.125
      tensor = Tensor(shape: tensor.shape, elements: elements)
    }
    #expect(file.names.count >= files.model.names.count)
    func parameters(_ file: TensorFile) throws -> [[Float]] {
      var elements: [[Float]] = []
      switch try AnyLayer<Float>(file, named: golden.layer, engine: .naive) {
      case .lstm(let lstm): lstm.parameters.forEach { elements.append($1.elements) }
      case .gru(let gru): gru.parameters.forEach { elements.append($1.elements) }
      case .rnn(let rnn): rnn.parameters.forEach { elements.append($1.elements) }
      }
      return elements
    }
    let wanted = try parameters(files.model).map { Array($0.dropLast()) + [$0.last! + 0.125] }
    #expect(try parameters(file) == wanted)
  }

  @Test("a layer that was never PyTorch's has its whole bias in bias_ih, and its tensors in PyTorch's order")
  func fresh() throws {
    let lstm = LSTM<Float>(inputSize: 3, hiddenSize: 2, layerCount: 2, isBidirectional: true, seed: 1)
    var file = TensorFile()
    try file.set(pyTorch: lstm, named: "encoder")
    #expect(file.names.count == 16)
    let weights = lstm.parameters[layer: 1, direction: .reverse]
    let bias = try file.tensor("encoder.bias_ih_l1_reverse", of: Float.self)
    #expect(bias == weights.bias)
    #expect(try file.tensor("encoder.bias_hh_l1_reverse", of: Float.self) == Tensor(shape: [8]))
    let recurrent = try file.tensor("encoder.weight_hh_l1_reverse", shape: [8, 2], of: Float.self)
    let input = try file.tensor("encoder.weight_ih_l1_reverse", shape: [8, 4], of: Float.self)
    for gate in 0..<8 {
      for unit in 0..<2 { #expect(recurrent[gate, unit] == weights.matrix[unit, gate]) }
      for feature in 0..<4 { #expect(input[gate, feature] == weights.matrix[2 + feature, gate]) }
    }
    #expect(try LSTM<Float>(file).parameters == lstm.parameters)

    var cell = TensorFile()
    let gru = GRU<Double>(inputSize: 3, hiddenSize: 2, seed: 1)
    try cell.set(pyTorch: gru, as: .cell)
    #expect(cell.names == ["bias_hh", "bias_ih", "weight_hh", "weight_ih"])
    #expect(try GRU<Double>(cell).parameters == gru.parameters)
  }

  @Test("what PyTorch does not have is refused, and the file stays")
  func beyondPyTorch() throws {
    var file = try PyTorchGolden("lstm").model
    let before = file
    let peepholes = LSTMConfiguration(inputSize: 3, hiddenSize: 4, hasPeepholes: true)
    #expect(throws: TensorFileError.unsupported("PyTorch has no LSTM with peephole connections")) {
      try file.set(pyTorch: LSTM<Float>(peepholes, seed: 1))
    }
    #expect(throws: TensorFileError.unsupported("PyTorch has no GRU with a reset before the product")) {
      try file.set(pyTorch: GRU<Float>(inputSize: 3, hiddenSize: 4, reset: .beforeProduct, seed: 1))
    }
    #expect(throws: TensorFileError.self) {
      try file.set(pyTorch: RNN<Float>(inputSize: 3, hiddenSize: 4, activation: .softsign, seed: 1))
    }
    let error = #expect(throws: TensorFileError.self) {
      try file.set(pyTorch: LSTM<Float>(inputSize: 3, hiddenSize: 4, layerCount: 2, seed: 1), as: .cell)
    }
    #expect(error?.description.contains("2, 1 and a width of 4") == true)
    #expect(file == before)
  }
}
