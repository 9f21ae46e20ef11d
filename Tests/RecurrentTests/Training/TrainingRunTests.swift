import Recurrent
import RecurrentVerification
import Testing

/// Runs on a tape against runs without one, engines against each other, and calls against each other.
@Suite("Training: runs")
struct TrainingRunTests {
  static let cases =
    (LayerCase.oneOfEach(inputSize: 5, hiddenSize: 9, stepCount: 8, batchSize: 6, lengths: [8, 3, 0, 5, 8, 1])
    + LayerCase.oneOfEach(inputSize: 33, hiddenSize: 17, layerCount: 1, isBidirectional: false, batchSize: 1))
    .withNormalized
    + [
      LayerCase(
        options: .lstm(
          LSTMConfiguration(
            inputSize: 4, hiddenSize: 9, layerCount: 2, isBidirectional: true, projectionSize: 5, hasPeepholes: true)),
        stepCount: 7, batchSize: 3, lengths: [2, 7, 4], seed: 17)
    ]

  @Test("a recorded run is the run without a tape", arguments: cases)
  func sameOutputs(_ example: LayerCase) {
    func check<Layer: VerifiableLayer<Double>>(_ layer: Layer) {
      for layout in [SequenceLayout.timeMajor, .batchMajor] {
        let input = layout == .timeMajor ? example.input(Double.self) : example.input(Double.self).swapped
        let initial = example.initialState(layer)
        var tape = Tape(for: layer, steps: example.stepCount + 2, batchSize: example.batchSize)
        let expected = layer(input, lengths: example.lengths, from: initial, layout: layout, recordingCells: true)
        let output = layer.forward(
          input, lengths: example.lengths, from: initial, layout: layout, recording: &tape, recordingCells: true)
        #expect(output.hidden.hasSameBits(as: expected.hidden))
        #expect(output.final.hasSameBits(as: expected.final))
        #expect(output.cells == expected.cells)
        let isRecorded = tape.isRecorded
        #expect(isRecorded)
      }
    }
    check(example.layer(Double.self, .naive))
  }

  @Test("batch-major gradients are time-major gradients", arguments: cases)
  func layouts(_ example: LayerCase) {
    func check<Layer: VerifiableLayer<Double>>(_ layer: Layer) {
      let probe = TrainingProbe(example, layer)
      let expected = probe.gradients()
      var tape = Tape(for: layer, steps: example.stepCount, batchSize: example.batchSize)
      var gradients = layer.parameters.zeros()
      _ = layer.forward(
        probe.input.swapped, lengths: example.lengths, from: probe.initial, layout: .batchMajor, recording: &tape)
      let cells = probe.outputs.cells.map { cells in
        let size = cells.shape[1...].reduce(1, *)
        let parts = (0..<cells.shape[0]).map { layer in
          Tensor(
            shape: Array(cells.shape[1...]), elements: Array(cells.elements[layer * size..<(layer + 1) * size])
          ).swapped
        }
        return Tensor(
          shape: [cells.shape[0], cells.shape[2], cells.shape[1], cells.shape[3]],
          elements: parts.flatMap(\.elements))
      }
      let outputs = OutputGradients(
        hidden: probe.outputs.hidden?.swapped, cells: cells, final: probe.outputs.final)
      let inputs = layer.backward(outputs, through: &tape, into: &gradients)
      let turned = InputGradients(input: inputs.input.swapped, initial: inputs.initial)
      #expect(NamedGradients(gradients, turned).differences(from: expected).isEmpty)
    }
    check(example.layer(Double.self, .naive))
  }

  @Test("gradients are added where asked, and else replaced; a tape serves again", arguments: cases, Engine.allCases)
  func accumulating(_ example: LayerCase, engine: Engine) {
    func check<Layer: VerifiableLayer<Float>>(_ layer: Layer) {
      let probe = TrainingProbe(example, layer)
      var tape = Tape(for: layer, steps: example.stepCount, batchSize: example.batchSize)
      var gradients = layer.parameters.zeros()
      func run(_ accumulating: Bool) {
        _ = layer.forward(probe.input, lengths: probe.lengths, from: probe.initial, recording: &tape)
        layer.backward(probe.outputs, through: &tape, into: &gradients, accumulating: accumulating)
        let isRecorded = tape.isRecorded
        #expect(!isRecorded)
      }
      run(false)
      let once = gradients
      run(false)
      #expect(gradients == once)
      run(true)
      // A sum that goes on from g is g + g but for the rounding of the terms on the way.
      var sums: [Tensor<Float>] = []
      once.forEach { sums.append($1) }
      var index = 0
      gradients.forEach { name, tensor in
        let scale = sums[index].elements.map(\.magnitude).max() ?? 0
        for (a, b) in zip(sums[index].elements, tensor.elements) {
          #expect((2 * a - b).magnitude <= 1e-5 * max(scale, 1), "\(example) \(name)")
        }
        index += 1
      }
    }
    check(example.layer(Float.self, engine))
  }

  @Test(
    "blas agrees with the definition in Double",
    arguments: (cases + TrainingBitsTests.long).filter(\.isWellConditioned))
  func double(_ example: LayerCase) {
    func check(_ layer: some VerifiableLayer<Double>) {
      let expected = TrainingProbe(example, layer).gradients()
      let found = TrainingProbe(example, layer.on(.blas)).gradients()
      for (wanted, found) in zip(expected.tensors, found.tensors) {
        // Sums of up to 2000 terms in another order: 2000·u of the largest, and what that does some steps further on. What is
        // normalised is divided by its deviation, some 1/7 for products of numbers like these; and so is its gradient.
        let tolerance = example.isNormalized ? 50e-12 : 1e-12
        let scale = wanted.tensor.elements.map(\.magnitude).max() ?? 0
        for (a, b) in zip(wanted.tensor.elements, found.tensor.elements) {
          #expect((a - b).magnitude <= tolerance * max(scale, 1), "\(example) \(wanted.name)")
        }
      }
    }
    check(example.layer(Double.self, .naive))
  }

  /// A run in Float is one in Double on numbers that are each off by some units in the last place: a sum of K terms is the
  /// exact sum of terms off by √K·u as a rule (`Roundoff` says more), an activation that of an argument off by some u.
  /// So the spread of the Double gradients over such numbers is the error to be expected, and six times that passes. To
  /// it comes the rounding of the sums over all rows, √rows·u of the largest.
  @Test("Float is as near to Double as rounding allows", arguments: cases + TrainingBitsTests.long, Engine.allCases)
  func float(_ example: LayerCase, engine: Engine) {
    func check<Float32: VerifiableLayer<Float>, Wide: VerifiableLayer<Double>>(_ narrow: Float32, _ wide: Wide) {
      let found = TrainingProbe(example, narrow).gradients()
      // Both are drawn from the same seed, so that the Float numbers are the Double ones rounded.
      let probe = TrainingProbe(example, wide)
      let expected = probe.gradients()
      let terms = Double(example.shape.hiddenSize + max(example.shape.inputSize, example.shape.widestOutput))
      let rows = Double(example.stepCount * example.batchSize)
      let unit = 0x1p-24
      var generator = SeededGenerator(seed: 3)
      var spread = expected.tensors.map { _ in 0.0 }
      for _ in 0..<3 {
        var moved = probe
        for (name, tensor) in expected.tensors {
          let direction = moved.value(of: name).map { value in
            value.isNaN ? 0 : (value.magnitude + 0.1) * generator.uniform(-1, 1)
          }
          precondition(direction.count == tensor.count)
          moved = moved.moved(name, along: direction, by: unit * (4 + terms.squareRoot()))
        }
        for (index, other) in moved.gradients().tensors.enumerated() {
          let differences = zip(expected.tensors[index].tensor.elements, other.tensor.elements).map {
            ($0 - $1).magnitude
          }
          spread[index] = max(spread[index], differences.max() ?? 0)
        }
      }
      for (index, (wanted, found)) in zip(expected.tensors, found.tensors).enumerated() {
        let scale = wanted.tensor.elements.map(\.magnitude).max() ?? 0
        let bound = 6 * (spread[index] + rows.squareRoot() * unit * scale)
        for (a, b) in zip(wanted.tensor.elements, found.tensor.elements) {
          #expect((a - Double(b)).magnitude <= bound, "\(example) \(wanted.name)")
        }
      }
    }
    func widen(_ narrow: some VerifiableLayer<Float>) { check(narrow, example.layer(Double.self, .naive)) }
    widen(example.layer(Float.self, engine))
  }
}

extension StackShape {
  /// The width of what all directions of a layer give.
  fileprivate var widestOutput: Int { outputSize * directionCount }
}

extension TrainingProbe {
  /// The elements of what a gradient is taken by.
  func value(of name: String) -> [Layer.Scalar] {
    if name == "input" { return input.elements }
    if name.hasPrefix("initial") { return initial.components[name.hasSuffix("0") ? 0 : 1].elements }
    var elements: [Layer.Scalar] = []
    layer.parameters.forEach { if $0 == name { elements = $1.elements } }
    return elements
  }
}
