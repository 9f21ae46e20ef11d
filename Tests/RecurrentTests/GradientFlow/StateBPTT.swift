import Recurrent
import RecurrentTraining
import RecurrentVerification

/// The norms of the gradients at every state of one sequence, by the layers' own way back: each layer and direction is a
/// layer of its own, run from each of its states on, with what the loss and the layer above give to its outputs.
struct StateBPTT<Layer: VerifiableLayer<Double>> {
  /// For each layer and direction, for each of its states from the initial one on: ‖∂L/∂h‖, and ‖∂L/∂C‖ of a cell with C.
  let norms: [[[Double]]]

  init(_ probe: TrainingProbe<Layer>, sequence: Int, length: Int) {
    let (layer, outputs, shape) = (probe.layer, probe.outputs, probe.layer.stack.shape)
    let directions = Direction.allCases.prefix(shape.directionCount)
    func part(_ tensor: Tensor<Double>) -> Tensor<Double> { tensor.sequences(sequence..<sequence + 1) }
    func row(_ state: Layer.State?, _ number: Int, _ direction: Direction) -> Layer.State {
      let row = number * shape.directionCount + direction.rawValue
      return Layer.State(components: (state ?? probe.initial).components.map { part($0).steps(row..<row + 1) })
    }
    var inputs = [part(probe.input).steps(0..<length)]
    for number in 0..<shape.layerCount {
      let hidden = directions.map { direction in
        let alone = layer.alone(number, direction)
        return alone(inputs[number].walked(direction), from: row(nil, number, direction)).hidden.walked(direction)
      }
      inputs.append(Tensor(concatenating: hidden))
    }
    func columns(_ tensor: Tensor<Double>, _ direction: Direction, of width: Int) -> Tensor<Double> {
      let columns = tensor.split(into: directions.map { _ in width })[direction.rawValue]
      return columns.steps(0..<length).walked(direction)
    }
    var norms = [[[Double]]](repeating: [], count: shape.layerCount * directions.count)
    var above = part(outputs.hidden!).steps(0..<length)
    for number in (0..<shape.layerCount).reversed() {
      var below = Tensor<Double>(shape: inputs[number].shape)
      for direction in directions {
        let walk = Walk(
          layer: layer.alone(number, direction), input: inputs[number].walked(direction),
          hidden: columns(above, direction, of: shape.outputSize),
          cells: outputs.cells.map { columns(part($0.layer(number)), direction, of: shape.hiddenSize) },
          final: row(outputs.final, number, direction))
        let found = walk.norms(from: row(nil, number, direction))
        norms[number * directions.count + direction.rawValue] = found.norms
        below = Tensor(
          shape: below.shape, elements: zip(below.elements, found.input.walked(direction).elements).map { $0 + $1 })
      }
      above = below
    }
    self.norms = norms
  }

  /// One layer in one direction, and the gradients of its outputs.
  private struct Walk {
    let layer: Layer
    let input: Tensor<Double>
    let hidden: Tensor<Double>
    let cells: Tensor<Double>?
    let final: Layer.State

    /// The norms at each state, and the gradient by the whole input.
    func norms(from initial: Layer.State) -> (norms: [[Double]], input: Tensor<Double>) {
      let length = input.shape[0]
      var (state, norms, inputGradient) = (initial, [[Double]](), Tensor<Double>(shape: input.shape))
      for step in 0...length {
        let back = gradients(from: step, state)
        if step == 0 { inputGradient = back.input }
        var wanted = back.initial.components.map(\.elements).map { Array($0) }
        // What the loss, and the layer above, give to the state itself belongs to it; BPTT from it on begins behind.
        if step > 0 {
          for (part, given) in [hidden, cells].enumerated() {
            guard let given else { continue }
            for unit in wanted[part].indices { wanted[part][unit] += given[step - 1, 0, unit] }
          }
        }
        norms.append(wanted.map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() })
        if step < length { state = layer(input.steps(step..<step + 1), from: state).final }
      }
      return (norms, inputGradient)
    }

    private func gradients(from step: Int, _ state: Layer.State) -> InputGradients<Layer.State> {
      let rest = step..<input.shape[0]
      var tape = Tape(for: layer, steps: rest.count, batchSize: 1)
      var gradients = layer.parameters.zeros()
      _ = layer.forward(input.steps(rest), from: state, recording: &tape)
      let cells = cells.map { cells in
        cells.steps(rest).reshaped(to: [1, rest.count, 1, cells.shape[2]])
      }
      return layer.backward(
        OutputGradients(hidden: hidden.steps(rest), cells: cells, final: final), through: &tape, into: &gradients)
    }
  }
}

extension RecurrentLayer {
  /// One layer and direction as a layer of its own.
  fileprivate func alone(_ number: Int, _ direction: Direction) -> Self {
    var alone = configuration
    alone.inputSize = configuration.inputSize(ofLayer: number)
    (alone.layerCount, alone.isBidirectional) = (1, false)
    let weights = [parameters[layer: number, direction: direction]]
    return Self(alone, parameters: LayerParameters(alone, weights: weights), engine: engine)
  }
}

extension Tensor {
  /// One layer of a tensor [L, T, N, F].
  fileprivate func layer(_ index: Int) -> Tensor {
    let size = count / shape[0]
    return Tensor(shape: Array(shape.dropFirst()), elements: Array(elements[index * size..<(index + 1) * size]))
  }

  /// The steps of a tensor [T, 1, F] as a direction walks them, and back.
  fileprivate func walked(_ direction: Direction) -> Tensor {
    guard direction == .reverse else { return self }
    return Tensor(
      shape: shape, elements: (0..<shape[0]).reversed().flatMap { steps($0..<$0 + 1).elements })
  }
}
