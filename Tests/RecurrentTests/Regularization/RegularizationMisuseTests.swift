import Recurrent
import Testing

@Suite("Regularisation: misuse")
struct RegularizationMisuseTests {
  /// Checks that an exit test's message has all of `words`.
  private func expect(_ result: ExitTest.Result?, says words: String...) {
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    for word in words { #expect(message.contains(word), "'\(word)' is missing in: \(message)") }
  }

  @Test func probabilityOfOne() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let regularization = Regularization(dropout: 1)
      _ = LSTM<Float>(LSTMConfiguration(inputSize: 4, hiddenSize: 3, regularization: regularization), seed: 1)
    }
    expect(result, says: "LSTM", "probability of 1.0", "dropout", "below 1")
  }

  @Test func probabilityBelowZero() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let regularization = Regularization(hiddenZoneout: -0.1)
      _ = GRU<Float>(GRUConfiguration(inputSize: 4, hiddenSize: 3, regularization: regularization), seed: 1)
    }
    expect(result, says: "GRU", "probability of -0.1", "hiddenZoneout")
  }

  @Test func zoneoutOfNoCell() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let regularization = Regularization(cellZoneout: 0.1)
      _ = RNN<Float>(RNNConfiguration(inputSize: 4, hiddenSize: 3, regularization: regularization), seed: 1)
    }
    expect(result, says: "RNN", "zoneout of 0.1 of C")
  }

  @Test func noMasks() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let regularization = Regularization(inputDropout: 0.5)
      let lstm = LSTM<Float>(
        LSTMConfiguration(inputSize: 4, hiddenSize: 3, regularization: regularization), seed: 1)
      var tape = Tape(for: lstm, steps: 2, batchSize: 1)
      _ = lstm.forward(Tensor(shape: [2, 1, 4]), recording: &tape)
    }
    expect(result, says: "forward", "0 masks")
  }

  @Test func wrongRows() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let regularization = Regularization(inputDropout: 0.5)
      let lstm = LSTM<Float>(
        LSTMConfiguration(inputSize: 4, hiddenSize: 3, regularization: regularization), seed: 1)
      var tape = Tape(for: lstm, steps: 2, batchSize: 1)
      _ = lstm.forward(Tensor(shape: [2, 1, 4]), recording: &tape, masks: Masks(seed: 1, rows: [1, 2]))
    }
    expect(result, says: "Masks", "2 rows for 1 sequences")
  }
}
