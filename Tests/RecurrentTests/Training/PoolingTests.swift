import Recurrent
import RecurrentTraining
import Testing

@Suite("Training: pooling over time")
struct PoolingTests {
  static let cases: [(steps: Int, lengths: [Int]?)] = [
    (1, nil), (4, nil), (5, [5, 2, 0]), (3, [1, 1, 3]), (0, [0, 0, 0]),
  ]

  /// What stands past the end of a sequence is NaN: who reads it is found out.
  private func sequences(_ steps: Int, _ lengths: [Int]?) -> Tensor<Double> {
    var sequences = Tensor<Double>.random([steps, 3, 4], seed: 3)
    for (row, length) in (lengths ?? []).enumerated() {
      for step in length..<steps { for feature in 0..<4 { sequences[step, row, feature] = .nan } }
    }
    return sequences
  }

  @Test("the largest number and its step; its gradient goes there, and nowhere else", arguments: cases)
  func largest(steps: Int, lengths: [Int]?) {
    let sequences = sequences(steps, lengths)
    let pooled = MaxOverTime(sequences, lengths: lengths)
    let slopes = Tensor<Double>.random([3, 4], seed: 4)
    let gradient = pooled.backward(slopes)
    #expect(gradient.shape == sequences.shape)
    for row in 0..<3 {
      for feature in 0..<4 {
        let numbers = (0..<(lengths?[row] ?? steps)).map { sequences[$0, row, feature] }
        let step = numbers.indices.max { numbers[$0] < numbers[$1] }
        #expect(pooled.output[row, feature] == step.map { numbers[$0] } ?? 0)
        #expect(pooled.steps.elements[row * 4 + feature] == step ?? IndexTensor.none)
        for other in 0..<steps {
          #expect(gradient[other, row, feature] == (other == step ? slopes[row, feature] : 0))
        }
      }
    }
  }

  @Test("of equals the first; a NaN is not hidden by what follows")
  func ties() {
    let sequences = Tensor<Float>(shape: [3, 1, 2], elements: [2, 1, 2, .nan, 1, 5])
    let pooled = MaxOverTime(sequences)
    #expect(pooled.steps.elements == [0, 1])
    #expect(pooled.output[0, 0] == 2 && pooled.output[0, 1].isNaN)
  }

  @Test("the mean, and its gradient in equal shares", arguments: cases)
  func mean(steps: Int, lengths: [Int]?) {
    let sequences = sequences(steps, lengths)
    let pooled = MeanOverTime(sequences, lengths: lengths)
    let slopes = Tensor<Double>.random([3, 4], seed: 4)
    let gradient = pooled.backward(slopes)
    #expect(gradient.shape == sequences.shape)
    for row in 0..<3 {
      let length = lengths?[row] ?? steps
      for feature in 0..<4 {
        // The same additions in the same order: the same bits.
        let sum = (0..<length).reduce(0) { $0 + sequences[$1, row, feature] }
        #expect(pooled.output[row, feature] == (length == 0 ? 0 : sum / Double(length)))
        for step in 0..<steps {
          #expect(gradient[step, row, feature] == (step < length ? slopes[row, feature] / Double(length) : 0))
        }
      }
    }
  }

  @Test("h after the last step of each sequence, and the way back", arguments: [false, true])
  func finalHidden(bidirectional: Bool) {
    let configuration = LSTMConfiguration(
      inputSize: 3, hiddenSize: 2, layerCount: 2, isBidirectional: bidirectional)
    let lstm = LSTM<Double>(configuration, seed: 1)
    let (input, lengths) = (Tensor<Double>.random([4, 3, 3], seed: 2), [4, 2, 1])
    let output = lstm(input, lengths: lengths)
    let final = lstm.finalHidden(output.final)
    #expect(final.shape == [3, bidirectional ? 4 : 2])
    for (row, length) in lengths.enumerated() {
      for unit in 0..<2 {
        #expect(final[row, unit] == output.hidden[length - 1, row, unit])
        if bidirectional { #expect(final[row, 2 + unit] == output.hidden[0, row, 2 + unit]) }
      }
    }
    let slopes = Tensor<Double>.random(final.shape, seed: 5)
    var tape = Tape(for: lstm, steps: 4, batchSize: 3)
    _ = lstm.forward(input, lengths: lengths, recording: &tape)
    var gradients = lstm.parameters.zeros()
    let back = lstm.backward(lstm.outputGradients(finalHidden: slopes), through: &tape, into: &gradients)
    let error = worstSlope(of: input, gradient: back.input) {
      lstm.finalHidden(lstm($0, lengths: lengths).final).dot(slopes)
    }
    #expect(error < 1e-7)
  }
}
