import Foundation
import Recurrent
import RecurrentVerification

/// What another system made of a small layer: a file that `Tests/Goldens/make_goldens.py` wrote.
struct Golden: Decodable, Sendable {
  /// The system and its version.
  let system: String
  let cell: String
  let precision: Precision
  let hiddenSize: Int
  let layerCount: Int
  let isBidirectional: Bool
  let lengths: [Int]?
  let activation: String?
  /// Whether the reset gate of a GRU acts before the product.
  let resetsBefore: Bool?
  /// By the names that the other system gives them.
  private(set) var tensors: [String: Part]

  enum Precision: String, Decodable, Sendable { case float, double }

  /// A tensor of the file.
  struct Part: Decodable, Sendable {
    let shape: [Int]
    let elements: [Double]
  }

  init(named name: String) throws {
    let url = Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Goldens")
    guard let url else { throw CocoaError(.fileNoSuchFile) }
    self = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
  }

  /// A tensor of the file, which must be there.
  subscript(name: String) -> Tensor<Double> {
    guard let part = tensors[name] else { preconditionFailure("\(system) \(cell): no tensor '\(name)'") }
    return Tensor(shape: part.shape, elements: part.elements)
  }

  /// The tensors `prefix` + "h" and, for a cell that has it, `prefix` + "c".
  func state(_ prefix: String) -> [Tensor<Double>] {
    ["h", "c"].filter { tensors[prefix + $0] != nil }.map { self[prefix + $0] }
  }

  /// What the names of parameters begin with.
  private static let parameters = ["weight", "bias", "gain", "shift"]

  /// The same file with gradients in the place of the weights that they belong to. The other system has two biases that
  /// are added, so that both have the gradient of the sum; it is kept in one of them, and the other one is 0, but where a
  /// GRU's recurrent bias is one of its own.
  func withGradientsAsWeights() -> Golden {
    var golden = self
    for (name, part) in tensors {
      guard let gradient = tensors["gradient_" + name], Self.parameters.contains(where: name.hasPrefix) else {
        continue
      }
      var elements = gradient.elements
      if name.hasPrefix("bias_hh") {
        let shared = cell == "gru" ? 2 * hiddenSize : elements.count
        for index in 0..<shared { elements[index] = 0 }
      }
      golden.tensors[name] = Part(shape: part.shape, elements: elements)
    }
    return golden
  }

  var inputSize: Int { self["input"].shape[2] }
  private var isPyTorch: Bool { system.hasPrefix("PyTorch") }
  private var directionCount: Int { isBidirectional ? 2 : 1 }
  private var layerNormalization: LayerNormalization? { tensors["gain_ih_l0"] == nil ? nil : .standard }

  /// The layers of this file, in Double.
  func layer() throws -> any VerifiableLayer<Double> {
    switch cell {
    case "lstm":
      let projectionSize = tensors["weight_hr_l0"]?.shape[0]
      let configuration = LSTMConfiguration(
        inputSize: inputSize, hiddenSize: hiddenSize, layerCount: layerCount, isBidirectional: isBidirectional,
        projectionSize: projectionSize, hasPeepholes: tensors["P"] != nil, layerNormalization: layerNormalization)
      return LSTM(configuration, parameters: LSTMParameters(configuration, weights: weights(lstmWeights)))
    case "gru":
      let configuration = GRUConfiguration(
        inputSize: inputSize, hiddenSize: hiddenSize, layerCount: layerCount, isBidirectional: isBidirectional,
        reset: resetsBefore == true ? .beforeProduct : .afterProduct, layerNormalization: layerNormalization)
      return GRU(configuration, parameters: GRUParameters(configuration, weights: weights(gruWeights)))
    case "rnn":
      let configuration = RNNConfiguration(
        inputSize: inputSize, hiddenSize: hiddenSize, layerCount: layerCount, isBidirectional: isBidirectional,
        activation: activation == "relu" ? .relu : .tanh)
      return RNN(configuration, parameters: RNNParameters(configuration, weights: weights(rnnWeights)))
    default: throw CocoaError(.coderValueNotFound)
    }
  }
}

// MARK: - From the other system's weights to the canonical form

extension Golden {
  /// One layer and direction in the other system's orientation: W [G·H, I], U [G·H, R], and a bias for each.
  private struct Source {
    let input, recurrent: Tensor<Double>
    let inputBias, recurrentBias: [Double]
    /// The tensors that only some cells have.
    let peephole: [Double]?
    let projection: Tensor<Double>?
    /// What normalised products are multiplied with, and C, to which a shift is added.
    let inputGain, recurrentGain, cellGain, cellShift: Tensor<Double>?
  }

  private func weights<Weights>(_ make: (Source) -> Weights) -> [Weights] {
    (0..<layerCount).flatMap { layer in
      (0..<directionCount).map { direction in
        make(isPyTorch ? pyTorchSource(layer, direction) : onnxSource(direction))
      }
    }
  }

  private func pyTorchSource(_ layer: Int, _ direction: Int) -> Source {
    let suffix = "_l\(layer)" + (direction == 1 ? "_reverse" : "")
    func optional(_ name: String) -> Tensor<Double>? { tensors[name + suffix].map { _ in self[name + suffix] } }
    return Source(
      input: self["weight_ih" + suffix], recurrent: self["weight_hh" + suffix],
      inputBias: self["bias_ih" + suffix].elements, recurrentBias: self["bias_hh" + suffix].elements, peephole: nil,
      projection: optional("weight_hr"), inputGain: optional("gain_ih"), recurrentGain: optional("gain_hh"),
      cellGain: optional("gain_c"), cellShift: optional("shift_c"))
  }

  private func onnxSource(_ direction: Int) -> Source {
    func slice(_ name: String) -> Tensor<Double> {
      let all = self[name]
      let count = all.count / directionCount
      return Tensor(
        shape: Array(all.shape.dropFirst()), elements: Array(all.elements[direction * count..<(direction + 1) * count]))
    }
    let biases = slice("B").elements
    return Source(
      input: slice("W"), recurrent: slice("R"), inputBias: Array(biases[..<(biases.count / 2)]),
      recurrentBias: Array(biases[(biases.count / 2)...]), peephole: tensors["P"].map { _ in slice("P").elements },
      projection: nil, inputGain: nil, recurrentGain: nil, cellGain: nil, cellShift: nil)
  }

  private func lstmWeights(_ source: Source) -> LSTMWeights<Double> {
    let blocks = isPyTorch ? [0, 1, 2, 3] : [0, 2, 3, 1]  // i f g o from i f g o, or from ONNX's i o f c
    var gains: LSTMGains<Double>?
    if let input = source.inputGain, let recurrent = source.recurrentGain, let cell = source.cellGain,
      let shift = source.cellShift
    {
      gains = LSTMGains(input: input, recurrent: recurrent, cell: cell, cellShift: shift)
    }
    return LSTMWeights(
      matrix: matrix(source, blocks: blocks), bias: sum(source.inputBias, source.recurrentBias, blocks: blocks),
      peephole: source.peephole.map { gather($0, blocks: [0, 2, 1]) },  // i f o from ONNX's i o f
      projection: source.projection.map { transposed($0) }, gains: gains)
  }

  private func gruWeights(_ source: Source) -> GRUWeights<Double> {
    let blocks = isPyTorch ? [0, 1, 2] : [1, 0, 2]  // r z n from r z n, or from ONNX's z r h
    let bias = gather(source.inputBias, blocks: blocks)
    var recurrentBias = gather(source.recurrentBias, blocks: blocks)
    var candidateBias: Tensor<Double>?
    if resetsBefore != true {
      candidateBias = Tensor(shape: [hiddenSize], elements: Array(recurrentBias.elements[(2 * hiddenSize)...]))
      for unit in 0..<hiddenSize { recurrentBias[2 * hiddenSize + unit] = 0 }
    }
    var gains: GRUGains<Double>?
    if let input = source.inputGain, let recurrent = source.recurrentGain {
      gains = GRUGains(input: input, recurrent: recurrent)
    }
    return GRUWeights(
      matrix: matrix(source, blocks: blocks),
      bias: Tensor(shape: bias.shape, elements: zip(bias.elements, recurrentBias.elements).map { $0 + $1 }),
      recurrentBias: candidateBias, gains: gains)
  }

  private func rnnWeights(_ source: Source) -> RNNWeights<Double> {
    RNNWeights(matrix: matrix(source, blocks: [0]), bias: sum(source.inputBias, source.recurrentBias, blocks: [0]))
  }

  /// [(R + I), G·H]: both matrices transposed, recurrent rows first, their gate blocks in our order.
  private func matrix(_ source: Source, blocks: [Int]) -> Tensor<Double> {
    let columns = blocks.count * hiddenSize
    let elements = [source.recurrent, source.input].flatMap { part in
      (0..<part.shape[1]).flatMap { row in
        (0..<columns).map { part[blocks[$0 / hiddenSize] * hiddenSize + $0 % hiddenSize, row] }
      }
    }
    return Tensor(shape: [elements.count / columns, columns], elements: elements)
  }

  private func gather(_ vector: [Double], blocks: [Int]) -> Tensor<Double> {
    Tensor(
      shape: [vector.count],
      elements: vector.indices.map { vector[blocks[$0 / hiddenSize] * hiddenSize + $0 % hiddenSize] })
  }

  private func sum(_ a: [Double], _ b: [Double], blocks: [Int]) -> Tensor<Double> {
    gather(zip(a, b).map { $0 + $1 }, blocks: blocks)
  }

  private func transposed(_ matrix: Tensor<Double>) -> Tensor<Double> {
    let (rows, columns) = (matrix.shape[0], matrix.shape[1])
    return Tensor(
      shape: [columns, rows],
      elements: (0..<columns).flatMap { column in (0..<rows).map { row in matrix[row, column] } })
  }
}
