import Recurrent
import RecurrentTraining
import RecurrentVerification
import Testing

/// Gates off a tape against the states of the same run: C' = f * C + i * g, h' = (1 − z) * n + z * h, h' = h'.
@Suite("Gradient flow: gates")
struct GateTests {
  static let cases =
    LayerCase.oneOfEach(inputSize: 3, hiddenSize: 17, stepCount: 7, batchSize: 5, lengths: [4, 0, 7, 1, 4])
    .withNormalized
    + LayerCase.oneOfEach(
      inputSize: 3, hiddenSize: 5, layerCount: 3, isBidirectional: false, stepCount: 140, batchSize: 4)
    + [
      LSTMConfiguration(inputSize: 4, hiddenSize: 6, isBidirectional: true, projectionSize: 3, hasPeepholes: true),
      LSTMConfiguration(
        inputSize: 4, hiddenSize: 6, hasPeepholes: true,
        activations: LSTMActivations(gate: .hardSigmoid(alpha: 0.2, beta: 0.5), couplesForget: true)),
    ].map { LayerCase(options: .lstm($0), stepCount: 6, batchSize: 3, lengths: [6, 2, 5], seed: 21) }

  @Test("on every engine the state follows from its gates", arguments: cases, Engine.allCases)
  func states(_ example: LayerCase, engine: Engine) {
    expectStates(example, example.layer(Float.self, engine))
    expectStates(example, example.layer(Double.self, engine))
  }

  /// Two products, a sum and the rounding of the gates themselves, which differ from those that the engine went on with
  /// by no bit: 4 roundings of terms below 4, C being at most that in so few steps.
  private func expectStates<Layer: VerifiableLayer>(_ example: LayerCase, _ layer: Layer) {
    let (input, initial) = (example.input(Layer.Scalar.self), example.initialState(layer))
    var tape = Tape(for: layer, steps: example.stepCount, batchSize: example.batchSize)
    let output = layer.forward(
      input, lengths: example.lengths, from: initial, recording: &tape, recordingCells: true)
    let shape = example.shape
    let tolerance = 16 * Double(Layer.Scalar.ulpOfOne)
    var worst = 0.0
    for direction in Direction.allCases.prefix(shape.directionCount) {
      for number in 0..<shape.layerCount {
        let gates = tape.gates(layer: number, direction: direction)
        #expect(gates.shape == [example.stepCount, example.batchSize, shape.gateCount * shape.hiddenSize])
        // h is known of the last layer alone, C of all of them.
        guard shape.hasCell || number == shape.layerCount - 1 else { continue }
        let row = number * shape.directionCount + direction.rawValue
        for (sequence, length) in example.lengthOfEach.enumerated() {
          for step in 0..<example.stepCount {
            for unit in 0..<shape.hiddenSize {
              func gate(_ index: Int) -> Double { Double(gates[step, sequence, index * shape.hiddenSize + unit]) }
              guard step < length else {
                for index in 0..<shape.gateCount { #expect(gate(index) == 0) }
                continue
              }
              let column = direction.rawValue * shape.hiddenSize + unit
              func state(_ step: Int) -> Double {
                if step < 0 || step >= length {
                  return Double(initial.components[shape.hasCell ? 1 : 0][row, sequence, unit])
                }
                return Double(
                  shape.hasCell
                    ? output.cells![number, step, sequence, column] : output.hidden[step, sequence, column])
              }
              let (before, after) = (state(direction == .forward ? step - 1 : step + 1), state(step))
              let wanted =
                switch shape.gateCount {
                case 4: gate(1) * before + gate(0) * gate(2)
                case 3: (1 - gate(1)) * gate(2) + gate(1) * before
                default: gate(0)
                }
              worst = max(worst, (wanted - after).magnitude)
            }
          }
        }
      }
    }
    #expect(worst <= tolerance, "\(example) \(layer.runningEngine): \(worst)")
    // The tape is as it was: going back works as if nobody had looked.
    var gradients = layer.parameters.zeros()
    _ = layer.backward(OutputGradients(final: initial), through: &tape, into: &gradients)
    var fresh = Tape(for: layer, steps: example.stepCount, batchSize: example.batchSize)
    var wanted = layer.parameters.zeros()
    _ = layer.forward(input, lengths: example.lengths, from: initial, recording: &fresh)
    _ = layer.backward(OutputGradients(final: initial), through: &fresh, into: &wanted)
    #expect(gradients == wanted)
  }

  @Test("of a run that drops out and zones out, the gates are those that it computed with", arguments: [0, 0.4])
  func regularized(zoneout: Double) {
    var configuration = GRUConfiguration(inputSize: 3, hiddenSize: 9)
    configuration.regularization = Regularization(recurrentDropout: 0.5, hiddenZoneout: zoneout)
    let gru = GRU<Double>(configuration, seed: 3)
    let input = Tensor<Double>.random([6, 4, 3], seed: 5)
    var tape = Tape(for: gru, steps: 6, batchSize: 4)
    let hidden = gru.forward(input, recording: &tape, masks: Masks(seed: 7)).hidden
    let gates = tape.gates()
    var keptCount = 0
    for step in 1..<6 {
      for sequence in 0..<4 {
        for unit in 0..<9 {
          let (z, n) = (gates[step, sequence, 9 + unit], gates[step, sequence, 18 + unit])
          let (before, after) = (hidden[step - 1, sequence, unit], hidden[step, sequence, unit])
          if before == after {
            keptCount += 1  // zoned out
          } else {
            let wanted = (1 - z) * n + z * before
            #expect((wanted - after).magnitude <= 4 * Double.ulpOfOne)
          }
        }
      }
    }
    // 180 draws with 0.4: 72 ± 6.6, and here four times that; none without zoneout.
    #expect(zoneout == 0 ? keptCount == 0 : (keptCount - 72).magnitude < 27, "\(keptCount)")
    // Without chance other gates come out.
    #expect(gru.gates(input)[0].values != gates)
  }

  @Test("statistics and time constants of gates that are known")
  func statistics() {
    // Two units whose gates are the same at every step: σ(b), and tanh(b) of the candidate.
    let configuration = LSTMConfiguration(inputSize: 1, hiddenSize: 2)
    var parameters = LSTMParameters<Double>(configuration, initialization: .uniform, seed: 1)
    parameters[layer: 0].matrix = Tensor(shape: [3, 8])
    let biases = [-3.0, 0, 2, 4, -2, 0.5, 0, 0]  // i f g o
    parameters[layer: 0].bias = Tensor(shape: [8], elements: biases)
    let lstm = LSTM<Double>(configuration, parameters: parameters)
    let record = lstm.gates(Tensor(shape: [5, 2, 1]), lengths: [5, 2])[0]
    let statistics = record.statistics()
    #expect(statistics.map(\.kind.symbol) == ["i", "f", "g", "o"])
    #expect(statistics.map(\.lowShare) == [0.5, 0, 0.5, 0])
    #expect(statistics.map(\.highShare) == [0, 0.5, 0, 0])
    #expect(statistics[0].unitSaturatedShares == [1, 0])
    let forget = [sigmoid(2.0), sigmoid(4.0)]
    for unit in 0..<2 {
      let constant = -1 / Double._log(forget[unit])
      // Seven logarithms are summed, and ln f is as accurate as 1 − f, which is 0.02 at least: 7·50 roundings.
      #expect((statistics[1].timeConstants![unit] / constant - 1).magnitude < 400 * Double.ulpOfOne)
      #expect((statistics[1].unitMeans[unit] - forget[unit]).magnitude < 8 * Double.ulpOfOne)
    }
    #expect(statistics[0].timeConstants == nil)
    #expect(record.gate("f")!.shape == [5, 2, 2] && record.gate("f")![4, 0, 1] == forget[1])
    #expect(record.gate("f")![2, 1, 1] == 0)
    #expect(record.gate("z") == nil)
  }

  @Test("statistics of gates that are not numbers are none")
  func notNumbers() {
    let lstm = LSTM<Double>(inputSize: 1, hiddenSize: 2, seed: 1)
    let input = Tensor<Double>(shape: [3, 1, 1], elements: [0, .nan, 0])
    for gate in lstm.gates(input)[0].statistics() {
      #expect(gate.mean.isNaN && gate.lowShare.isNaN && gate.highShare.isNaN, "\(gate)")
      let ofUnits = gate.unitMeans + gate.unitSaturatedShares + (gate.timeConstants ?? [])
      #expect(ofUnits.filter(\.isNaN).count == ofUnits.count, "\(gate)")
    }
  }

  @Test("a tape that may not have every gate, or no run, says so")
  func misuse() async {
    await #expect(processExitsWith: .failure) {
      let lstm = LSTM<Float>(inputSize: 2, hiddenSize: 3, seed: 1)
      var tape = Tape(for: lstm, steps: 4, batchSize: 2)
      _ = tape.gates()
    }
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let lstm = LSTM<Float>(inputSize: 2, hiddenSize: 3, seed: 1)
      let least = Tape.leastByteCount(for: lstm, steps: 2000, batchSize: 2)
      var tape = Tape(for: lstm, steps: 2000, batchSize: 2, memoryLimit: .bytes(least))
      _ = lstm.forward(Tensor(shape: [2000, 2, 2]), recording: &tape)
      _ = tape.gates()
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("does not keep every gate"), "\(text)")
  }
}
