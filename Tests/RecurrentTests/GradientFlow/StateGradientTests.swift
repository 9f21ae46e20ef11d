import Recurrent
import RecurrentTraining
import RecurrentVerification
import Testing

/// Norms of gradients at states, against gradients by the initial state of the rest of the sequence.
@Suite("Gradient flow: gradients of states")
struct StateGradientTests {
  static let cases =
    LayerCase.oneOfEach(
      inputSize: 3, hiddenSize: 5, layerCount: 3, stepCount: 6, batchSize: 4, lengths: [4, 0, 6, 1]
    ).withNormalized
    + [false, true].map { isBidirectional in
      LayerCase(
        options: .lstm(
          LSTMConfiguration(
            inputSize: 3, hiddenSize: 5, layerCount: 2, isBidirectional: isBidirectional, projectionSize: 2,
            hasPeepholes: true)),
        stepCount: 6, batchSize: 3, lengths: [6, 2, 5], seed: 21)
    }

  /// A sum over the steps of at most 6·(4·5 + 5) terms of order 1 in another order, and again in each of 3 layers: 10³
  /// roundings.
  private let tolerance = 1e3 * Double.ulpOfOne

  @Test("they are those of BPTT from each state on, in every layer and direction", arguments: cases)
  func states(_ example: LayerCase) { expect(example, example.layer(Double.self, .fused)) }

  private func expect<Layer: VerifiableLayer<Double>>(_ example: LayerCase, _ layer: Layer) {
    let probe = TrainingProbe(example, layer)
    let flows = layer.stateGradients(
      probe.input, lengths: example.lengths, from: probe.initial, outputs: probe.outputs)
    for (sequence, length) in example.lengthOfEach.enumerated() {
      for (flow, wanted) in zip(flows, StateBPTT(probe, sequence: sequence, length: length).norms) {
        for (distance, norms) in wanted.reversed().enumerated() {
          // Which of the sequences that go back so far it is.
          let index = example.lengthOfEach.prefix(sequence).filter { $0 >= distance }.count
          let what = "\(example) \(flow.place) of \(sequence), \(distance) steps back:"
          expect(flow.hidden.norms[distance][index], norms[0], "\(what) h")
          if let cell = flow.cell { expect(cell.norms[distance][index], norms[1], "\(what) C") }
          let both = norms.reduce(0) { $0 + $1 * $1 }.squareRoot()
          expect(flow.state.norms[distance][index], both, "\(what) s")
        }
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

  @Test("gradients of outputs that do not fit are refused with both shapes")
  func misuse() async {
    func expect(_ result: ExitTest.Result?, says words: String...) {
      let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
      for word in words { #expect(message.contains(word), "'\(word)' is missing in: \(message)") }
    }
    let hidden = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let lstm = LSTM<Float>(inputSize: 2, hiddenSize: 3, seed: 1)
      _ = lstm.stateGradients(
        Tensor(shape: [4, 2, 2]), outputs: OutputGradients(hidden: Tensor(shape: [4, 2, 2])))
    }
    expect(hidden, says: "stateGradients", "of h of shape [4, 2, 2] in place of [4, 2, 3]")
    let cells = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let lstm = LSTM<Float>(inputSize: 2, hiddenSize: 3, seed: 1)
      _ = lstm.stateGradients(
        Tensor(shape: [4, 2, 2]), outputs: OutputGradients(cells: Tensor(shape: [1, 3, 2, 3])))
    }
    expect(cells, says: "stateGradients", "of C of shape [1, 3, 2, 3] in place of [1, 4, 2, 3]")
    let final = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let lstm = LSTM<Float>(inputSize: 2, hiddenSize: 3, seed: 1)
      _ = lstm.stateGradients(
        Tensor(shape: [4, 2, 2]), outputs: OutputGradients(final: lstm.zeroState(batchSize: 1)))
    }
    expect(final, says: "stateGradients", "final state of shape [1, 1, 3] in place of [1, 2, 3]")
    let none = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let gru = GRU<Float>(inputSize: 2, hiddenSize: 3, seed: 1)
      _ = gru.stateGradients(
        Tensor(shape: [4, 2, 2]), outputs: OutputGradients(cells: Tensor(shape: [1, 4, 2, 3])))
    }
    expect(none, says: "stateGradients", "gradients of C")
  }

  /// W = w times the identity: the gradient of length 1 has length w one step back, within the roundings of three squares.
  @Test("norms are right as far as Double goes", arguments: [1e160, 1e300, 1e-170, 1e-290])
  func range(weight: Double) {
    let configuration = RNNConfiguration(inputSize: 1, hiddenSize: 3, activation: .identity)
    var parameters = RNNParameters<Double>(configuration, initialization: .uniform, seed: 1)
    parameters[layer: 0].matrix = Tensor(shape: [4, 3])
    for unit in 0..<3 { parameters[layer: 0].matrix[unit, unit] = weight }
    parameters[layer: 0].bias = Tensor(shape: [3])
    let flow = RNN<Double>(configuration, parameters: parameters).stateGradients(Tensor(shape: [1, 1, 1]))[0]
    #expect((flow.state.norms[1][0] / weight - 1).magnitude < 8 * Double.ulpOfOne, "\(flow.state.norms)")
  }
}
