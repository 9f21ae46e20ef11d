import Recurrent
import RecurrentVerification
import Testing

@Suite("Training: truncated backpropagation through time")
struct TruncatedBPTTTests {
  static let cases = LayerCase.oneOfEach(
    inputSize: 3, hiddenSize: 5, isBidirectional: false, stepCount: 12, batchSize: 3)

  @Test("a window over the whole sequence is full backpropagation", arguments: cases)
  func covering(_ example: LayerCase) {
    func check<Layer: VerifiableLayer<Double>>(_ layer: Layer) {
      let probe = TrainingProbe(example, layer)
      let expected = probe.gradients()
      let whole = layer(probe.input, from: probe.initial, recordingCells: true)
      var window = TruncatedBPTT(for: layer, chunk: 5, window: 15, batchSize: 3, from: probe.initial)
      var gradients = layer.parameters.zeros()
      for steps in [0..<5, 5..<10, 10..<12] {
        let output = window.forward(layer, probe.input.steps(steps), recordingCells: true)
        #expect(output.hidden == whole.hidden.steps(steps))
        let isLast = steps.upperBound == 12
        window.backward(
          layer,
          OutputGradients(
            hidden: probe.outputs.hidden?.steps(steps), cells: probe.outputs.cells?.stepsOfEach(steps),
            final: isLast ? probe.outputs.final : nil),
          into: &gradients, accumulating: true)
      }
      #expect(window.state == whole.final)
      // Sums of some hundred terms of order 1, in another order.
      for (name, tensor) in expected.tensors where !name.hasPrefix("in") {
        gradients.forEach { other, found in
          guard other == name else { return }
          for (a, b) in zip(tensor.elements, found.elements) {
            #expect((a - b).magnitude <= 1e-13 * max(1, a.magnitude), "\(example) \(name)")
          }
        }
      }
    }
    check(example.layer(Double.self, .naive))
  }

  @Test("a window of one chunk is cut at its start", arguments: cases)
  func cut(_ example: LayerCase) {
    func check<Layer: VerifiableLayer<Double>>(_ layer: Layer) {
      let probe = TrainingProbe(example, layer)
      var window = TruncatedBPTT(for: layer, chunk: 4, window: 4, batchSize: 3, from: probe.initial)
      var state = probe.initial
      for start in stride(from: 0, to: 12, by: 4) {
        let steps = start..<start + 4
        let outputs = OutputGradients<Layer.State>(hidden: probe.outputs.hidden?.steps(steps))
        var tape = Tape(for: layer, steps: 4, batchSize: 3)
        let expected = layer.forward(probe.input.steps(steps), from: state, recording: &tape)
        var (wanted, found) = (layer.parameters.zeros(), layer.parameters.zeros())
        layer.backward(outputs, through: &tape, into: &wanted)
        _ = window.forward(layer, probe.input.steps(steps))
        window.backward(layer, outputs, into: &found)
        #expect(found == wanted)
        state = expected.final
      }
    }
    check(example.layer(Double.self, .naive))
  }
}

extension Tensor {
  /// Some steps of a [L, T, N, F] tensor.
  fileprivate func stepsOfEach(_ range: Range<Int>) -> Tensor {
    let width = shape[2] * shape[3]
    let layers = (0..<shape[0]).flatMap { layer in
      elements[(layer * shape[1] + range.lowerBound) * width..<(layer * shape[1] + range.upperBound) * width]
    }
    return Tensor(shape: [shape[0], range.count, shape[2], shape[3]], elements: layers)
  }
}
