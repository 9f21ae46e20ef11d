import Recurrent

/// What `backward(…, clippingHidden:)` means, in Double: one step of one layer and direction after the other, each on a
/// tape of its own, and before each of them a clip.
struct SteppedBackward<Layer: RecurrentLayer<Double>> {
  private let probe: TrainingProbe<Layer>
  private let limit: Double
  private let shape: StackShape
  private let lengths: [Int]
  private var gradients: LayerParameters<Layer.Weights>
  private var initial: [Tensor<Double>]

  init(_ probe: TrainingProbe<Layer>, limit: Double) {
    self.probe = probe
    self.limit = limit
    shape = probe.layer.stack.shape
    lengths = probe.lengths ?? [Int](repeating: probe.input.shape[0], count: probe.input.shape[1])
    gradients = probe.layer.parameters.zeros()
    initial = (probe.outputs.final ?? probe.layer.zeroState(batchSize: probe.input.shape[1])).components
  }

  /// All gradients, by name.
  mutating func run() -> NamedGradients<Double> {
    let directions = Direction.allCases.prefix(shape.directionCount)
    var inputs = [probe.input]
    for layer in 0..<shape.layerCount - 1 {
      inputs.append(joined(directions.map { forward(layer, $0, inputs[layer]).hidden }))
    }
    var above = probe.outputs.hidden ?? Tensor(shape: outputShape)
    for layer in (0..<shape.layerCount).reversed() {
      var below = Tensor<Double>(shape: inputs[layer].shape)
      for direction in directions {
        let part = backward(layer, direction, inputs[layer], above)
        below = Tensor(shape: below.shape, elements: zip(below.elements, part.elements).map { $0 + $1 })
      }
      above = below
    }
    return NamedGradients(gradients, InputGradients(input: above, initial: Layer.State(components: initial)))
  }

  private var outputShape: [Int] { Array(probe.input.shape[..<2]) + [shape.outputSize * shape.directionCount] }

  /// One layer and direction by itself.
  private func alone(_ layer: Int, _ direction: Direction) -> Layer {
    var configuration = probe.layer.configuration
    configuration.inputSize = shape.inputSize(ofLayer: layer)
    configuration.layerCount = 1
    configuration.isBidirectional = false
    let weights = [probe.layer.parameters[layer: layer, direction: direction]]
    return Layer(configuration, parameters: LayerParameters(configuration, weights: weights), engine: .naive)
  }

  /// h of every step, and the states before each in the order of the walk.
  private func forward(
    _ layer: Int, _ direction: Direction, _ input: Tensor<Double>
  ) -> (hidden: Tensor<Double>, before: [Layer.State]) {
    let (alone, steps) = (alone(layer, direction), steps(direction))
    var state = Layer.State(components: probe.initial.components.map { $0[row: index(layer, direction)] })
    var (hidden, before) = ([[Double]](repeating: [], count: steps.count), [Layer.State]())
    for step in steps {
      before.append(state)
      let output = alone(input.steps(step..<step + 1), lengths: lengths(step), from: state)
      hidden[step] = output.hidden.elements
      state = output.final
    }
    let shape = Array(input.shape[..<2]) + [shape.outputSize]
    return (Tensor(shape: shape, elements: hidden.flatMap { $0 }), before)
  }

  /// The gradient by the inputs of one layer and direction, from that by the outputs of all directions.
  private mutating func backward(
    _ layer: Int, _ direction: Direction, _ input: Tensor<Double>, _ above: Tensor<Double>
  ) -> Tensor<Double> {
    let (alone, steps) = (alone(layer, direction), steps(direction))
    let before = forward(layer, direction, input).before
    let column = direction.rawValue
    var state = initial.map { $0[row: index(layer, direction)] }
    var inputGradient = [[Double]](repeating: [], count: steps.count)
    var weights = alone.parameters.zeros()
    for (step, before) in zip(steps, before).reversed() {
      for sequence in 0..<lengths.count where step < lengths[sequence] {
        for unit in 0..<shape.outputSize {
          let total = state[0][0, sequence, unit] + above[step, sequence, column * shape.outputSize + unit]
          state[0][0, sequence, unit] = min(max(total, -limit), limit)
        }
        guard let cells = probe.outputs.cells else { continue }
        for unit in 0..<shape.hiddenSize {
          state[1][0, sequence, unit] += cells[layer, step, sequence, column * shape.hiddenSize + unit]
        }
      }
      var tape = Tape(for: alone, steps: 1, batchSize: lengths.count)
      _ = alone.forward(
        input.steps(step..<step + 1), lengths: lengths(step), from: before, recording: &tape)
      let back = alone.backward(
        OutputGradients(final: Layer.State(components: state)), through: &tape, into: &weights, accumulating: true)
      inputGradient[step] = back.input.elements
      state = back.initial.components
    }
    gradients[layer: layer, direction: direction] = weights[layer: 0]
    for (component, tensor) in state.enumerated() { initial[component][row: index(layer, direction)] = tensor }
    return Tensor(shape: input.shape, elements: inputGradient.flatMap { $0 })
  }

  private func index(_ layer: Int, _ direction: Direction) -> Int {
    layer * shape.directionCount + direction.rawValue
  }

  private func steps(_ direction: Direction) -> [Int] {
    let steps = Array(0..<probe.input.shape[0])
    return direction == .forward ? steps : steps.reversed()
  }

  /// 1 for a sequence that has the step, else 0.
  private func lengths(_ step: Int) -> [Int] { lengths.map { step < $0 ? 1 : 0 } }

  /// h of all directions side by side.
  private func joined(_ parts: [Tensor<Double>]) -> Tensor<Double> {
    let width = shape.outputSize
    let rows = 0..<parts[0].count / width
    let elements = rows.flatMap { row in parts.flatMap { $0.elements[row * width..<(row + 1) * width] } }
    return Tensor(shape: outputShape, elements: elements)
  }
}

extension Tensor {
  /// One row of the first dimension, which stays, with an extent of 1.
  fileprivate subscript(row row: Int) -> Tensor {
    get {
      let size = count / shape[0]
      return Tensor(shape: [1] + shape.dropFirst(), elements: Array(elements[row * size..<(row + 1) * size]))
    }
    set {
      var elements = elements
      elements.replaceSubrange(row * newValue.count..<(row + 1) * newValue.count, with: newValue.elements)
      self = Tensor(shape: shape, elements: elements)
    }
  }
}
