import Recurrent
import RecurrentTraining
import RecurrentVerification
import Testing

/// Norms of gradients at states, against gradients by the initial state of the rest of the sequence.
@Suite("Gradient flow: gradients of states")
struct StateGradientTests {
  static let cases =
    LayerCase.oneOfEach(
      inputSize: 3, hiddenSize: 5, layerCount: 2, isBidirectional: false, stepCount: 7, batchSize: 4,
      lengths: [4, 0, 7, 1]
    ).withNormalized
    + [
      LayerCase(
        options: .lstm(
          LSTMConfiguration(inputSize: 3, hiddenSize: 5, layerCount: 2, projectionSize: 2, hasPeepholes: true)),
        stepCount: 6, batchSize: 3, lengths: [6, 2, 5], seed: 21)
    ]

  /// A sum over the steps of at most 7·(4·5 + 5) terms of order 1 in another order: 10³ roundings.
  private let tolerance = 1e3 * Double.ulpOfOne

  @Test("they are those of BPTT from each state on", arguments: cases)
  func states(_ example: LayerCase) { expect(example, example.layer(Double.self, .fused)) }

  private func expect<Layer: VerifiableLayer<Double>>(_ example: LayerCase, _ layer: Layer) {
    let probe = TrainingProbe(example, layer)
    let (outputs, shape) = (probe.outputs, example.shape)
    let flows = layer.stateGradients(probe.input, lengths: example.lengths, from: probe.initial, outputs: outputs)
    for (sequence, length) in example.lengthOfEach.enumerated() {
      // One sequence alone, from each of its states on.
      func part(_ tensor: Tensor<Double>) -> Tensor<Double> { tensor.sequences(sequence..<sequence + 1) }
      let input = part(probe.input).steps(0..<length)
      var state = Layer.State(components: probe.initial.components.map(part))
      for step in 0...length {
        let rest = step..<length
        var tape = Tape(for: layer, steps: rest.count, batchSize: 1)
        var gradients = layer.parameters.zeros()
        _ = layer.forward(input.steps(rest), from: state, recording: &tape)
        let cells = outputs.cells.map { cells in
          let layers = (0..<shape.layerCount).map { number in
            part(cells.layer(number)).steps(rest).elements
          }
          return Tensor(shape: [shape.layerCount, rest.count, 1, shape.hiddenSize], elements: layers.flatMap { $0 })
        }
        let back = layer.backward(
          OutputGradients(
            hidden: outputs.hidden.map { part($0).steps(rest) }, cells: cells,
            final: outputs.final.map { Layer.State(components: $0.components.map(part)) }),
          through: &tape, into: &gradients)
        for (number, flow) in flows.enumerated() {
          let distance = length - step
          // Which of the sequences that go back so far it is.
          let index = example.lengthOfEach.prefix(sequence).filter { $0 >= distance }.count
          var wanted = back.initial.components.map { tensor in
            tensor.elements[number * tensor.shape[2]..<(number + 1) * tensor.shape[2]].map { $0 }
          }
          // What the loss, and the layer above, give to the state itself belongs to it; BPTT from it on begins behind.
          // So what the loss gives is added here, and only the last layer, which has none above it, is compared.
          guard number == shape.layerCount - 1 || step == 0 else { continue }
          if step > 0 {
            for unit in 0..<shape.outputSize { wanted[0][unit] += outputs.hidden![step - 1, sequence, unit] }
            if let cells = outputs.cells {
              for unit in 0..<shape.hiddenSize { wanted[1][unit] += cells[number, step - 1, sequence, unit] }
            }
          }
          let norms = wanted.map { $0.reduce(0) { $0 + $1 * $1 } }
          expect(flow.hidden.norms[distance][index], norms[0].squareRoot(), "\(example) h \(number) \(step)")
          if let cell = flow.cell {
            expect(cell.norms[distance][index], norms[1].squareRoot(), "\(example) C \(number) \(step)")
          }
          expect(
            flow.state.norms[distance][index], norms.reduce(0, +).squareRoot(), "\(example) s \(number) \(step)")
        }
        if step < length { state = layer(input.steps(step..<step + 1), from: state).final }
      }
    }
  }

  private func expect(_ value: Double, _ wanted: Double, _ what: String) {
    #expect((value - wanted).magnitude <= tolerance * max(1, wanted), "\(what): \(value), not \(wanted)")
  }

  @Test(
    "in both directions and many layers they end with those of the initial state",
    arguments: LayerCase.oneOfEach(
      inputSize: 3, hiddenSize: 5, layerCount: 3, stepCount: 6, batchSize: 4, lengths: [6, 2, 0, 5]
    ).withNormalized)
  func initial(_ example: LayerCase) { expectInitial(example, example.layer(Double.self, .naive)) }

  private func expectInitial<Layer: VerifiableLayer<Double>>(_ example: LayerCase, _ layer: Layer) {
    let probe = TrainingProbe(example, layer)
    let flows = layer.stateGradients(
      probe.input, lengths: example.lengths, from: probe.initial, outputs: probe.outputs)
    let wanted = probe.gradients().tensors.filter { $0.name.hasPrefix("initial") }.map(\.tensor)
    for (row, flow) in flows.enumerated() {
      #expect(flow.place.layer == row / 2 && flow.place.direction.rawValue == row % 2)
      for (part, curve) in [flow.hidden, flow.cell].enumerated() {
        guard let curve else { continue }
        for (sequence, length) in example.lengthOfEach.enumerated() {
          let index = example.lengthOfEach.prefix(sequence).filter { $0 >= length }.count
          let norm = wanted[part].rows(of: sequence)[row].reduce(0) { $0 + $1 * $1 }.squareRoot()
          expect(curve.norms[length][index], norm, "\(example) \(flow.place) part \(part) of \(sequence)")
        }
      }
    }
  }

  @Test("without outputs the loss is a direction of length 1 at the end of the last layer")
  func probe() {
    let lstm = LSTM<Float>(inputSize: 3, hiddenSize: 40, layerCount: 2, isBidirectional: true, seed: 1)
    let flows = lstm.stateGradients(.random([9, 3, 3], seed: 2), lengths: [9, 4, 7])
    for flow in flows where flow.place.layer == 1 {
      for norm in flow.hidden.norms[0] { #expect((norm - 1).magnitude < 40 * Double(Float.ulpOfOne)) }
      #expect(flow.cell!.norms[0] == [0, 0, 0])
    }
    #expect(flows.map { $0.hidden.norms.count } == [10, 10, 10, 10])
    #expect(flows[0].hidden.norms.map(\.count) == [3, 3, 3, 3, 3, 2, 2, 2, 1, 1])
    #expect(flows[0].hidden.means[9] == flows[0].hidden.medians[9])
  }
}

extension Tensor {
  /// One layer of a tensor [L, T, N, F].
  fileprivate func layer(_ index: Int) -> Tensor {
    let size = count / shape[0]
    return Tensor(shape: Array(shape.dropFirst()), elements: Array(elements[index * size..<(index + 1) * size]))
  }
}
