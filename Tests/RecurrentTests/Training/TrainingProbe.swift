import Recurrent
import RecurrentVerification

/// Which outputs a loss looks at.
struct LossParts: OptionSet, Sendable, CustomStringConvertible {
  let rawValue: Int
  static let hidden = LossParts(rawValue: 1)
  static let cells = LossParts(rawValue: 2)
  static let finalHidden = LossParts(rawValue: 4)
  static let finalCells = LossParts(rawValue: 8)
  static let all: LossParts = [.hidden, .cells, .finalHidden, .finalCells]
  /// All subsets, the empty one too.
  static let subsets = (0..<16).map { LossParts(rawValue: $0) }

  var description: String {
    let names = [(LossParts.hidden, "h"), (.cells, "C"), (.finalHidden, "final h"), (.finalCells, "final C")]
    return "{" + names.filter { contains($0.0) }.map(\.1).joined(separator: ", ") + "}"
  }
}

/// A layer at a point: its inputs, and the loss Σ w·y over its outputs y with fixed random factors w, which are therefore
/// its gradients by the outputs.
struct TrainingProbe<Layer: RecurrentLayer> {
  var layer: Layer
  var input: Tensor<Layer.Scalar>
  var initial: Layer.State
  let lengths: [Int]?
  let outputs: OutputGradients<Layer.State>
  /// What the layer is trained with.
  var masks: Masks?

  /// NaN stands past the end of each sequence, in inputs and in the gradients of outputs.
  init(_ example: LayerCase, _ layer: Layer, _ parts: LossParts = .all, masks: Masks? = nil) {
    self.layer = layer
    self.masks = masks
    lengths = example.lengths
    input = example.input(Layer.Scalar.self)
    initial = example.initialState(layer)
    var generator = SeededGenerator(seed: example.seed &+ 99)
    func random(_ shape: [Int]) -> Tensor<Layer.Scalar> {
      Tensor(
        shape: shape, elements: (0..<shape.reduce(1, *)).map { _ in Layer.Scalar(generator.uniform(-1, 1)) })
    }
    let shape = example.shape
    var hidden = random([example.stepCount, example.batchSize, shape.outputSize * shape.directionCount])
    var cells = random(
      [shape.layerCount, example.stepCount, example.batchSize, shape.hiddenSize * shape.directionCount])
    for (sequence, length) in example.lengthOfEach.enumerated() {
      for step in length..<example.stepCount {
        for column in 0..<hidden.shape[2] { hidden[step, sequence, column] = .nan }
        for layer in 0..<shape.layerCount {
          for column in 0..<cells.shape[3] { cells[layer, step, sequence, column] = .nan }
        }
      }
    }
    let finalParts = initial.components.enumerated().map { component, tensor in
      let isUsed = parts.contains(component == 0 ? .finalHidden : .finalCells)
      return isUsed ? random(tensor.shape) : Tensor(shape: tensor.shape)
    }
    let usesFinal = !parts.isDisjoint(with: [.finalHidden, .finalCells])
    outputs = OutputGradients(
      hidden: parts.contains(.hidden) ? hidden : nil,
      cells: parts.contains(.cells) && shape.hasCell ? cells : nil,
      final: usesFinal ? Layer.State(components: finalParts) : nil)
  }

  /// The outputs, from a run without a tape where there are no masks.
  func run() -> SequenceOutput<Layer.State> {
    guard let masks else { return layer(input, lengths: lengths, from: initial, recordingCells: outputs.cells != nil) }
    var tape = Tape(for: layer, steps: input.shape[0], batchSize: input.shape[1])
    return layer.forward(
      input, lengths: lengths, from: initial, recording: &tape, masks: masks, recordingCells: outputs.cells != nil)
  }

  /// The loss.
  func loss() -> Double {
    let output = run()
    var sum = 0.0
    func add(_ factors: Tensor<Layer.Scalar>?, _ values: Tensor<Layer.Scalar>?) {
      guard let factors, let values else { return }
      // Past the end of a sequence factors are NaN and values are 0.
      for (factor, value) in zip(factors.elements, values.elements) where !factor.isNaN {
        sum += Double(factor) * Double(value)
      }
    }
    add(outputs.hidden, output.hidden)
    add(outputs.cells, output.cells)
    for (factors, values) in zip(outputs.final?.components ?? [], output.final.components) { add(factors, values) }
    return sum
  }

  /// All gradients, by name.
  func gradients(
    memoryLimit: MemorySize? = nil, clippingHidden limit: Layer.Scalar? = nil
  ) -> NamedGradients<Layer.Scalar> {
    var tape = Tape(for: layer, steps: input.shape[0], batchSize: input.shape[1], memoryLimit: memoryLimit)
    var gradients = layer.parameters.zeros()
    _ = layer.forward(input, lengths: lengths, from: initial, recording: &tape, masks: masks)
    let inputs = layer.backward(outputs, through: &tape, into: &gradients, clippingHidden: limit)
    return NamedGradients(gradients, inputs)
  }
}

/// Gradients by everything, each with a name.
struct NamedGradients<Scalar: RecurrentScalar>: Sendable {
  private(set) var tensors: [(name: String, tensor: Tensor<Scalar>)] = []

  init<State: RecurrentState<Scalar>>(_ parameters: some ParameterSet<Scalar>, _ inputs: InputGradients<State>) {
    var tensors: [(name: String, tensor: Tensor<Scalar>)] = []
    parameters.forEach { tensors.append(($0, $1)) }
    self.tensors = tensors + [("input", inputs.input)]
    for (index, tensor) in inputs.initial.components.enumerated() { self.tensors.append(("initial \(index)", tensor)) }
  }

  /// The names of tensors that differ in some bit, or in which some number is not finite.
  func differences(from other: NamedGradients) -> [String] {
    zip(tensors, other.tensors).filter {
      !$0.tensor.hasSameBits(as: $1.tensor) || !$0.tensor.elements.allSatisfy(\.isFinite)
    }.map(\.0.name)
  }
}

extension TrainingProbe {
  /// The same point, moved along a direction in one of the tensors.
  func moved(_ name: String, along direction: [Layer.Scalar], by distance: Layer.Scalar) -> TrainingProbe {
    func move(_ tensor: inout Tensor<Layer.Scalar>) {
      tensor = Tensor(
        shape: tensor.shape, elements: zip(tensor.elements, direction).map { $0 + $1 * distance })
    }
    var probe = self
    if name == "input" {
      move(&probe.input)
    } else if name.hasPrefix("initial") {
      var components = initial.components
      move(&components[name.hasSuffix("0") ? 0 : 1])
      probe.initial = Layer.State(components: components)
    } else {
      var parameters = layer.parameters
      parameters.updateEach { if $0 == name { move(&$1) } }
      probe.layer = Layer(layer.configuration, parameters: parameters, engine: layer.engine)
    }
    return probe
  }
}
