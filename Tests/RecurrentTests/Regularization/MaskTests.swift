import Recurrent
import RecurrentVerification
import Testing

/// What masks are like, read off layers that hand their inputs on; and what they must not depend on.
@Suite("Regularisation: masks")
struct MaskTests {
  /// Expects that a share p of n numbers is 0, within six standard deviations √(p(1 − p) / n), and all others 1 / (1 − p).
  private func expectMask(_ numbers: [Double], _ p: Double, _ name: String) {
    let share = Double(numbers.count { $0 == 0 }) / Double(numbers.count)
    let deviation = (p * (1 - p) / Double(numbers.count)).squareRoot()
    #expect((share - p).magnitude <= 6 * deviation, "\(name): \(share) of \(numbers.count) for \(p)")
    #expect(numbers.allSatisfy { $0 == 0 || $0 == 1 / (1 - p) }, "\(name)")
  }

  static let ones = Tensor<Double>(shape: [20, 30, 41], repeating: 1)

  @Test("dropout is drawn for every number", arguments: [0.1, 0.5, 0.9])
  func dropout(p: Double) {
    let rnn = linearRNN(width: 41, layerCount: 2, input: 1, recurrent: 0, Regularization(dropout: p))
    let hidden = rnn.trained(Self.ones, Masks(seed: 1)).hidden
    expectMask(hidden.elements, p, "dropout")
    // Neighbours in each dimension are alike as often as chance has it: p² + (1 − p)².
    for (offset, name) in [(1, "units"), (41, "rows"), (41 * 30, "steps")] {
      let pairs = zip(hidden.elements, hidden.elements.dropFirst(offset))
      let (alike, count) = (Double(pairs.count { $0 == $1 }), Double(hidden.count - offset))
      let expected = p * p + (1 - p) * (1 - p)
      let deviation = (expected * (1 - expected) / count).squareRoot()
      #expect((alike / count - expected).magnitude <= 6 * deviation, "\(name): \(alike / count) for \(expected)")
    }
    #expect(rnn.trained(Self.ones, Masks(seed: 2)).hidden != hidden)
    #expect(rnn.trained(Self.ones, Masks(seed: 1)).hidden == hidden)
  }

  @Test("dropout of inputs stays for a whole sequence")
  func inputDropout() {
    let rnn = linearRNN(width: 41, input: 1, recurrent: 0, Regularization(inputDropout: 0.3))
    let hidden = rnn.trained(Self.ones, Masks(seed: 1)).hidden.elements
    let step = 30 * 41
    expectMask(Array(hidden[..<step]), 0.3, "inputDropout")
    for first in stride(from: step, to: hidden.count, by: step) {
      #expect(hidden[first..<first + step] == hidden[..<step])
    }
  }

  @Test("recurrent dropout stays for a whole sequence")
  func recurrentDropout() {
    // h' = 1 + m * h: 1, 1 + m, 1 + m + m² ...
    let rnn = linearRNN(width: 41, input: 1, recurrent: 1, Regularization(recurrentDropout: 0.5))
    let hidden = rnn.trained(Self.ones, Masks(seed: 1)).hidden
    let masks = (0..<30 * 41).map { hidden.elements[30 * 41 + $0] - 1 }
    expectMask(masks, 0.5, "recurrentDropout")
    for index in masks.indices {
      #expect(hidden.elements[2 * 30 * 41 + index] == 1 + masks[index] * (1 + masks[index]))
    }
  }

  @Test("units zone out for single steps")
  func zoneout() {
    // h_new is the step's number, so that h' tells of which step it is.
    let rnn = linearRNN(width: 41, input: 1, recurrent: 0, Regularization(hiddenZoneout: 0.3))
    var steps = Self.ones
    for step in 0..<20 {
      for row in 0..<30 {
        for unit in 0..<41 { steps[step, row, unit] = Double(step + 1) }
      }
    }
    let hidden = rnn.trained(steps, Masks(seed: 1)).hidden
    var kept: [Double] = []
    for step in 0..<20 {
      for row in 0..<30 {
        for unit in 0..<41 {
          let (h, old) = (hidden[step, row, unit], step == 0 ? 0 : hidden[step - 1, row, unit])
          #expect(h == Double(step + 1) || h == old)
          kept.append(h == old ? 0 : 1 / 0.7)
        }
      }
    }
    expectMask(kept, 0.3, "zoneout")
  }

  @Test("DropConnect drops recurrent weights for a whole run")
  func dropConnect() {
    let rnn = linearRNN(width: 41, input: 0, recurrent: 0, Regularization(dropConnect: 0.4))
    var changed = rnn
    changed.parameters.updateEach { name, tensor in
      guard name == "matrix_l0" else { return }
      for row in 0..<41 {
        for unit in 0..<41 { tensor[row, unit] = 1 }
      }
    }
    // Each row of the batch shows one row of the weights.
    var initial = Tensor<Double>(shape: [1, 41, 41])
    for row in 0..<41 { initial[0, row, row] = 1 }
    let output = changed.trained(
      Tensor(shape: [1, 41, 41]), from: HiddenState(hidden: initial), Masks(seed: 1))
    expectMask(output.hidden.elements, 0.4, "dropConnect")
    let other = changed.trained(
      Tensor(shape: [1, 41, 41]), from: HiddenState(hidden: initial), Masks(seed: 1, rows: Array(100..<141)))
    #expect(other.hidden == output.hidden)
  }

  static let long =
    LayerCase.oneOfEach(
      inputSize: 3, hiddenSize: 4, layerCount: 2, isBidirectional: false, stepCount: 9, batchSize: 130,
      lengths: (0..<130).map { $0 * 7 % 10 })
    + LayerCase.oneOfEach(
      inputSize: 3, hiddenSize: 2, layerCount: 3, isBidirectional: true, stepCount: 7, batchSize: 130,
      lengths: (0..<130).map { $0 * 5 % 8 })

  @Test("a tape with less memory, and more threads, give the same bits", arguments: long, Engine.allCases)
  func checkpoints(_ example: LayerCase, engine: Engine) {
    func check<Layer: VerifiableLayer<Float>>(_ layer: Layer) {
      let probe = TrainingProbe(example, layer, masks: Masks(seed: 5))
      let expected = probe.gradients()
      let (steps, batch) = (example.stepCount, example.batchSize)
      let least = Tape.leastByteCount(for: layer, steps: steps, batchSize: batch)
      #expect(probe.gradients(memoryLimit: .bytes(least)).differences(from: expected).isEmpty, "\(example)")
      var threaded = layer
      threaded.team = ThreadTeam(memberCount: 3)
      let found = TrainingProbe(example, threaded, masks: Masks(seed: 5)).gradients()
      #expect(found.differences(from: expected).isEmpty, "\(example)")
    }
    check(example.regularized(.all).layer(Float.self, engine))
  }

  @Test("a sequence has its masks wherever it stands", arguments: long)
  func places(_ example: LayerCase) {
    func check<Layer: VerifiableLayer<Double>>(_ layer: Layer) {
      let input = example.input(Double.self)
      let all = layer.trained(input, lengths: example.lengths, Masks(seed: 5))
      // Some of the sequences, turned about, with more padding.
      let rows = [100, 7, 3, 64]
      let (steps, features, width) = (example.stepCount + 2, input.shape[2], all.hidden.shape[2])
      var some = Tensor<Double>(shape: [steps, rows.count, features], repeating: .nan)
      for step in 0..<example.stepCount {
        for (place, row) in rows.enumerated() {
          for feature in 0..<features { some[step, place, feature] = input[step, row, feature] }
        }
      }
      let output = layer.trained(
        some, lengths: rows.map { example.lengthOfEach[$0] }, Masks(seed: 5, rows: rows))
      for step in 0..<example.stepCount {
        for (place, row) in rows.enumerated() {
          for unit in 0..<width {
            #expect(output.hidden[step, place, unit] == all.hidden[step, row, unit], "\(example)")
          }
        }
      }
    }
    check(example.regularized(.all).layer(Double.self, .naive))
  }
}
