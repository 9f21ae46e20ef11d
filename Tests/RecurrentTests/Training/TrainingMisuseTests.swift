import Recurrent
import Testing

@Suite("Training: misuse")
struct TrainingMisuseTests {
  /// Checks that an exit test's message has all of `words`.
  private func expect(_ result: ExitTest.Result?, says words: String...) {
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    for word in words { #expect(message.contains(word), "'\(word)' is missing in: \(message)") }
  }

  @Test func limitBelowTheLeast() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tape(
        for: LSTM<Float>(inputSize: 4, hiddenSize: 3, seed: 1), steps: 10, batchSize: 2, memoryLimit: .bytes(100))
    }
    let least = Tape.leastByteCount(for: LSTM<Float>(inputSize: 4, hiddenSize: 3, seed: 1), steps: 10, batchSize: 2)
    expect(result, says: "Tape", "limit of 100 bytes", "\(least) are the least")
  }

  @Test func backwardTwice() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let lstm = LSTM<Float>(inputSize: 4, hiddenSize: 3, seed: 1)
      var tape = Tape(for: lstm, steps: 2, batchSize: 1)
      var gradients = lstm.parameters.zeros()
      _ = lstm.forward(Tensor(shape: [2, 1, 4]), recording: &tape)
      lstm.backward(OutputGradients(), through: &tape, into: &gradients)
      lstm.backward(OutputGradients(), through: &tape, into: &gradients)
    }
    expect(result, says: "backward", "the tape holds 0 runs", "must be 1")
  }

  @Test func tooManySteps() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let lstm = LSTM<Float>(inputSize: 4, hiddenSize: 3, seed: 1)
      var tape = Tape(for: lstm, steps: 2, batchSize: 1)
      _ = lstm.forward(Tensor(shape: [3, 1, 4]), recording: &tape)
    }
    expect(result, says: "Tape", "made for 2 steps", "used with 3")
  }

  @Test func gradientShape() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let lstm = LSTM<Float>(inputSize: 4, hiddenSize: 3, seed: 1)
      var tape = Tape(for: lstm, steps: 2, batchSize: 1)
      var gradients = lstm.parameters.zeros()
      _ = lstm.forward(Tensor(shape: [2, 1, 4]), recording: &tape)
      lstm.backward(OutputGradients(hidden: Tensor(shape: [2, 1, 4])), through: &tape, into: &gradients)
    }
    expect(result, says: "backward", "[2, 1, 4]", "[2, 1, 3]")
  }

  @Test func windowOfParts() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = TruncatedBPTT(for: LSTM<Float>(inputSize: 4, hiddenSize: 3, seed: 1), chunk: 4, window: 6, batchSize: 1)
    }
    expect(result, says: "TruncatedBPTT", "window of 6", "chunks of 4")
  }
}
