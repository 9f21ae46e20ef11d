public import Recurrent

/// The two forms that a layer has in PyTorch.
public enum PyTorchForm: Sendable {
  /// `torch.nn.LSTM`, `GRU` or `RNN`.
  case layer
  /// `torch.nn.LSTMCell`, `GRUCell` or `RNNCell`: one layer in one direction.
  case cell
}

extension TensorFile {
  /// Puts a layer into the file as PyTorch's `state_dict` has it, so that `load_state_dict` takes it.
  ///
  /// Where the file has the layer already, only what has changed is replaced. So a file that was read, and a layer of it that
  /// was put back, keep every bit, whatever the layer does not know: how the bias was split in two (one is the other system's
  /// way to save a sum), the precision that was rounded to `Scalar`.
  ///
  ///     var file = try TensorFile(contentsOf: "model.safetensors")
  ///     var lstm = try LSTM<Float>(file, named: "encoder.lstm")
  ///     train(&lstm)
  ///     try file.set(pyTorch: lstm, named: "encoder.lstm")
  ///     try file.write(to: "trained.safetensors")  // load_state_dict(load_file("trained.safetensors"))
  ///
  /// A changed tensor is written as F32 or F64. Of a bias the numbers that have changed stand in `bias_ih`, beside a 0 in
  /// `bias_hh`; the others keep their two parts. Dropout and the activation of an RNN are not in a `state_dict`.
  ///
  /// - Parameters:
  ///   - layer: the layer.
  ///   - name: what stands before the first dot of its tensors' own names, such as "encoder.lstm".
  ///   - form: layer or cell; nil for that of the file, or else a layer.
  /// - Throws: `TensorFileError.unsupported` where PyTorch has no such layer, which leaves the file as it was.
  public mutating func set<Layer: RecurrentLayer>(
    pyTorch layer: Layer, named name: String = "", as form: PyTorchForm? = nil
  ) throws(TensorFileError) where Layer.Weights: StorableWeights {
    let configuration = layer.configuration
    if let option = Layer.Weights.optionBeyondPyTorch(configuration) {
      throw .unsupported("PyTorch has no \(Layer.Weights.Configuration.cellName) with \(option)")
    }
    let old = present(Layer.Weights.cell(configuration), named: name)
    let isCell = form.map { $0 == .cell } ?? old?.isCell ?? false
    let shape = configuration.shape
    let weights = layer.parameters.weights.map(\.pyTorch)
    guard !isCell || weights.count == 1 && weights[0].projection == nil else {
      throw .unsupported(
        "a cell of PyTorch has 1 layer, 1 direction and no projection, not "
          + "\(shape.layerCount), \(shape.directionCount) and a width of \(shape.outputSize)")
    }
    let isBiased = old?.isCell != isCell || old?.hasBias == true || weights.contains(where: \.hasBias)
    let new = StateDictLayer(
      name: name, isCell: isCell, layerCount: shape.layerCount, isBidirectional: configuration.isBidirectional,
      hasBias: isBiased, hasProjection: weights[0].projection != nil)
    var file = self
    if old?.isCell != isCell { file.removeLayer(name) }
    for (place, weights) in zip(new.places, weights) { file.put(weights, new, place.layer, place.direction) }
    self = file
  }

  /// The layer of this name, where the file has it in a form of PyTorch's with the same cell and sizes.
  private func present(_ configuration: CellConfiguration, named name: String) -> StateDictLayer? {
    guard let description = try? layer(named: name), description.format != .recurrent else { return nil }
    guard description.configuration.common.shape == configuration.common.shape else { return nil }
    return try? StateDictLayer(self, named: name)
  }

  /// Puts the tensors of one layer and direction, of those that are there only what is another.
  private mutating func put<Scalar>(
    _ weights: ForeignWeights<Scalar>, _ layer: StateDictLayer, _ index: Int, _ direction: Direction
  ) {
    func name(_ part: StateDictName.Part) -> String { layer.tensorName(part, index, direction) }
    put(name(.inputWeights), weights.input)
    put(name(.recurrentWeights), weights.recurrent)
    if let projection = weights.projection { put(name(.projection), projection) }
    guard layer.hasBias else { return }
    let (inputName, recurrentName) = (name(.inputBias), name(.recurrentBias))
    var input = weights.inputBias ?? Tensor(shape: [weights.recurrent.shape[0]])
    var recurrent = weights.recurrentBias ?? Tensor(shape: input.shape)
    if let oldInput = try? tensor(inputName, shape: input.shape, convertedTo: Scalar.self),
      let oldRecurrent = try? tensor(recurrentName, shape: input.shape, convertedTo: Scalar.self)
    {
      // What has its own place in our weights is compared apart: the candidate's biases in a reset-after GRU.
      let apart = weights.recurrentBias == nil ? 0 : input.count / 3
      for unit in 0..<input.count {
        let (x, h) = (oldInput.elements[unit], oldRecurrent.elements[unit])
        if unit < input.count - apart, isSame(x + h, input.elements[unit]) { (input[unit], recurrent[unit]) = (x, h) }
      }
    }
    put(inputName, input)
    put(recurrentName, recurrent)
  }

  /// Puts a tensor, unless that of this name has the same numbers.
  private mutating func put<Scalar>(_ name: String, _ tensor: Tensor<Scalar>) {
    let old = try? self.tensor(name, shape: tensor.shape, convertedTo: Scalar.self)
    if old?.hasSameNumbers(as: tensor) != true { set(name, tensor) }
  }
}

extension ForeignWeights {
  /// Whether a bias is anything but zeros.
  fileprivate var hasBias: Bool { [inputBias, recurrentBias].contains { $0?.elements.contains { $0 != 0 } == true } }
}

extension Tensor {
  /// Whether all numbers are the same, with the signs of zeros; NaN is NaN.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  fileprivate func hasSameNumbers(as other: Tensor) -> Bool {
    let (left, right) = (span, other.span)
    return left.count == right.count && left.indices.allSatisfy { isSame(left[$0], right[$0]) }
  }
}

/// Whether two numbers are the same, with the sign of zeros; NaN is NaN.
@inline(__always)
private func isSame<Scalar: RecurrentScalar>(_ a: Scalar, _ b: Scalar) -> Bool {
  a == b && a.sign == b.sign || a.isNaN && b.isNaN
}
