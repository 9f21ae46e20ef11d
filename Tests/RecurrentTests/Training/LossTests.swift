import Recurrent
import RecurrentTraining
import Testing

@Suite("Training: losses")
struct LossTests {
  @Test("cross-entropy: the definition, its slopes, positions that are ignored")
  func crossEntropyGradient() {
    let logits = Tensor<Double>.random([3, 2, 5], bound: 3, seed: 1)
    let labels = IndexTensor(shape: [3, 2], elements: [0, 4, IndexTensor.none, 2, 2, IndexTensor.none])
    let loss = crossEntropy(logits, labels)
    #expect(loss.count == 4)
    var definition = 0.0
    for (place, label) in labels.elements.enumerated() where label != IndexTensor.none {
      let exponentials = (0..<5).map { Double._exp(logits[place / 2, place % 2, $0]) }
      definition -= Double._log(exponentials[label] / exponentials.reduce(0, +)) / 4
    }
    #expect((loss.value - definition).magnitude < 1e-14)
    #expect(worstSlope(of: logits, gradient: loss.gradient) { crossEntropy($0, labels).value } < 1e-7)
  }

  @Test("cross-entropy stays finite where an exponential would not, and never reads padding")
  func crossEntropyExtremes() {
    let logits = Tensor<Float>(shape: [3, 2], elements: [1000, -1000, -1000, 1000, .nan, .infinity])
    let loss = crossEntropy(logits, IndexTensor([0, 0, IndexTensor.none]))
    #expect(loss.value == 1000)
    #expect(loss.gradient.elements == [0, 0, -0.5, 0.5, 0, 0])
    #expect(crossEntropy(logits, IndexTensor([-1, -1, -1])).value == 0)
    #expect(crossEntropy(logits, IndexTensor([-1, -1, 0])).value.isNaN)
  }

  @Test("binary cross-entropy: the definition, its slopes, large logits")
  func binary() {
    let logits = Tensor<Double>.random([2, 3, 2], bound: 4, seed: 1)
    let targets = Tensor<Double>(shape: [2, 3, 2], elements: [0, 1, 0.5, 1, 0, 0, 1, 1, 0, 0.25, 1, 0])
    let lengths = [2, 0, 1]
    for lengths in [nil, lengths] {
      let loss = binaryCrossEntropy(logits, targets, lengths: lengths)
      var (definition, count) = (0.0, 0)
      for step in 0..<2 {
        for sequence in 0..<3 where step < lengths?[sequence] ?? 2 {
          for column in 0..<2 {
            let sigmoid = 1 / (1 + Double._exp(-logits[step, sequence, column]))
            let target = targets[step, sequence, column]
            definition -= target * Double._log(sigmoid) + (1 - target) * Double._log(1 - sigmoid)
            count += 1
          }
        }
      }
      #expect(loss.count == count)
      #expect((loss.value - definition / Double(count)).magnitude < 1e-14)
      let error = worstSlope(of: logits, gradient: loss.gradient) {
        binaryCrossEntropy($0, targets, lengths: lengths).value
      }
      #expect(error < 1e-7)
    }
    let large = binaryCrossEntropy(
      Tensor<Float>(shape: [2], elements: [500, -500]), Tensor(shape: [2], elements: [0, 0]))
    #expect(large.value == 250)
    #expect(large.gradient.elements == [0.5, 0])
  }

  @Test("mean squared error: the definition, its slopes, padding")
  func squares() {
    let targets = Tensor<Double>.random([2, 2, 3], seed: 2)
    var predictions = Tensor<Double>.random([2, 2, 3], seed: 1)
    let whole = meanSquaredError(predictions, targets)
    let exact = zip(predictions.elements, targets.elements).reduce(0.0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / 12
    #expect((whole.value - exact).magnitude < 1e-15)
    #expect(worstSlope(of: predictions, gradient: whole.gradient) { meanSquaredError($0, targets).value } < 1e-7)
    let ragged = meanSquaredError(predictions, targets, lengths: [1, 2])
    predictions[1, 0, 2] = .nan
    let padded = meanSquaredError(predictions, targets, lengths: [1, 2])
    #expect(ragged.count == 9)
    #expect(padded.value == ragged.value)
    #expect(padded.gradient == ragged.gradient)
    #expect(padded.gradient[1, 0, 2] == 0)
    #expect(meanSquaredError(predictions, targets, lengths: [0, 0]).value == 0)
  }
}
