import Recurrent
import RecurrentVerification
import Testing

/// What a regularised layer does in inference, what an option leaves alone, and what the options of a step mean.
@Suite("Regularisation: layers")
struct RegularizationTests {
  static let cases = LayerCase.oneOfEach(
    inputSize: 5, hiddenSize: 9, stepCount: 8, batchSize: 6, lengths: [8, 3, 0, 5, 8, 1])

  @Test("in inference dropout and DropConnect do nothing, and the engine stays", arguments: cases, Engine.allCases)
  func inference(_ example: LayerCase, engine: Engine) {
    func check<Layer: VerifiableLayer<Float>>(_ plain: Layer) {
      let regularized = example.regularized(
        Regularization(dropout: 0.5, inputDropout: 0.5, recurrentDropout: 0.5, dropConnect: 0.5))
      guard let layer = regularized.layer(Float.self, engine) as? Layer else { return }
      let input = example.input(Float.self)
      let expected = plain(input, lengths: example.lengths).hidden
      #expect(layer(input, lengths: example.lengths).hidden.hasSameBits(as: expected))
      #expect(layer.runningEngine == engine)
    }
    check(example.layer(Float.self, engine))
  }

  @Test("masks change nothing where nothing is left to chance", arguments: cases, Engine.allCases)
  func nothing(_ example: LayerCase, engine: Engine) {
    func check(_ layer: some VerifiableLayer<Float>) {
      let expected = TrainingProbe(example, layer).gradients()
      let found = TrainingProbe(example, layer, masks: Masks(seed: 1)).gradients()
      #expect(found.differences(from: expected).isEmpty)
    }
    check(example.regularized(.none).layer(Float.self, engine))
  }

  /// 10⁻¹⁵ leaves out nothing: there are 2³² random numbers.
  @Test("a probability that leaves out nothing gives the bits of a layer without", arguments: cases)
  func almostNothing(_ example: LayerCase) {
    func check<Layer: VerifiableLayer<Float>>(_ plain: Layer) {
      let p = 1e-15
      let regularized = example.regularized(
        Regularization(
          dropout: p, inputDropout: p, recurrentDropout: p, hiddenZoneout: p, cellZoneout: p, dropConnect: p))
      guard let layer = regularized.layer(Float.self, .naive) as? Layer else { return }
      let expected = TrainingProbe(example, plain).gradients()
      let found = TrainingProbe(regularized, layer, masks: Masks(seed: 1)).gradients()
      // But for the sum of 0 and a gradient, which loses a sign of zero.
      for (wanted, found) in zip(expected.tensors, found.tensors) {
        #expect(wanted.tensor.elements == found.tensor.elements, "\(example) \(wanted.name)")
      }
    }
    check(example.layer(Float.self, .naive))
  }

  @Test("C zones out, and h is made from the new C; h zones out by itself")
  func zoneout() {
    func lstm(_ regularization: Regularization) -> LSTM<Double> {
      LSTM(
        LSTMConfiguration(inputSize: 3, hiddenSize: 40, regularization: regularization), seed: 1, engine: .naive)
    }
    let input = Tensor<Double>(shape: [1, 5, 3], elements: (0..<15).map { Double($0) / 7 - 1 })
    let before = LSTM<Double>.State(
      hidden: Tensor(shape: [1, 5, 40], repeating: 0.3), cell: Tensor(shape: [1, 5, 40], repeating: -0.4))
    let plain = lstm(.none)(input, from: before).final
    let cells = lstm(Regularization(cellZoneout: 0.5)).trained(input, from: before, Masks(seed: 1)).final
    let hidden = lstm(Regularization(hiddenZoneout: 0.5)).trained(input, from: before, Masks(seed: 1)).final
    #expect(cells.hidden == plain.hidden)
    #expect(hidden.cell == plain.cell)
    for (found, new, old) in [(cells.cell, plain.cell, -0.4), (hidden.hidden, plain.hidden, 0.3)] {
      let kept = found.elements.count { $0 == old }
      #expect(kept > 60 && kept < 140)
      for (value, new) in zip(found.elements, new.elements) { #expect(value == old || value == new) }
    }
  }

  @Test("in inference zoneout is its expectation, also in a stream; training averages to it")
  func zoneoutInference() {
    let p = 0.25
    let lstm = LSTM<Double>(
      LSTMConfiguration(
        inputSize: 3, hiddenSize: 4, regularization: Regularization(hiddenZoneout: p, cellZoneout: 0.5)), seed: 1)
    #expect(lstm.runningEngine == .blas)
    let plain = LSTM<Double>(LSTMConfiguration(inputSize: 3, hiddenSize: 4), seed: 1, engine: .naive)
    let naive = lstm.on(.naive)
    let input = Tensor<Double>(shape: [6, 2, 3], elements: (0..<36).map { Double($0) / 20 - 1 })
    var stream = naive.stream(batchSize: 2)
    let output = naive(input)
    var state = plain.zeroState(batchSize: 2)
    for step in 0..<6 {
      let frame = Tensor(shape: [1, 2, 3], elements: Array(input.elements[step * 6..<step * 6 + 6]))
      let next = plain(frame, from: state).final
      func blend(_ new: Tensor<Double>, _ old: Tensor<Double>, _ p: Double) -> Tensor<Double> {
        Tensor(shape: new.shape, elements: zip(new.elements, old.elements).map { (1 - p) * $0 + p * $1 })
      }
      state = LSTM.State(hidden: blend(next.hidden, state.hidden, p), cell: blend(next.cell, state.cell, 0.5))
      var hidden = Tensor<Double>(shape: [2, 4])
      stream.step(frame.span, into: hidden.mutableSpan)
      #expect(hidden.elements == state.hidden.elements)
      #expect(Array(output.hidden.elements[step * 8..<step * 8 + 8]) == state.hidden.elements)
    }
    // After one step from one state, the mean over n runs is off by √(p(1 − p) / n)·|h − h'| as a rule; 6 times it passes.
    let frame = Tensor(shape: [1, 1, 3], elements: [0.5, -1, 0.2])
    let before = LSTM<Double>.State(
      hidden: Tensor(shape: [1, 1, 4], repeating: 0.9), cell: Tensor(shape: [1, 1, 4], repeating: 0.1))
    let runs = 2000
    var mean = [Double](repeating: 0, count: 4)
    for seed in 0..<runs {
      let final = naive.trained(frame, from: before, Masks(seed: UInt64(seed))).final.hidden.elements
      for unit in 0..<4 { mean[unit] += final[unit] / Double(runs) }
    }
    for (mean, expected) in zip(mean, naive(frame, from: before).final.hidden.elements) {
      #expect((mean - expected).magnitude <= 6 * (p * (1 - p) / Double(runs)).squareRoot() * 2)
    }
  }

  @Test("a window's steps keep their masks when they run again")
  func truncated() {
    let configuration = LSTMConfiguration(
      inputSize: 2, hiddenSize: 3, layerCount: 2,
      regularization: Regularization(
        dropout: 0.4, inputDropout: 0.3, recurrentDropout: 0.3, hiddenZoneout: 0.2, cellZoneout: 0.2, dropConnect: 0.3)
    )
    let lstm = LSTM<Double>(configuration, seed: 1, engine: .naive)
    let input = Tensor<Double>(shape: [9, 2, 2], elements: (0..<36).map { Double($0) / 20 - 1 })
    let whole = lstm.trained(input, Masks(seed: 6))
    var window = TruncatedBPTT(for: lstm, chunk: 2, window: 4, batchSize: 2, masks: Masks(seed: 6))
    for first in stride(from: 0, to: 9, by: 2) {
      let steps = min(2, 9 - first)
      let chunk = Tensor(shape: [steps, 2, 2], elements: Array(input.elements[first * 4..<(first + steps) * 4]))
      let output = window.forward(lstm, chunk)
      #expect(output.hidden.elements == Array(whole.hidden.elements[first * 6..<(first + steps) * 6]))
    }
    #expect(window.state.hidden == whole.final.hidden)
  }
}
