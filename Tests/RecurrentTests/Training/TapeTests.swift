import Recurrent
import Testing

@Suite("Training: memory of a tape")
struct TapeTests {
  @Test("everything kept, an LSTM takes 6·H numbers a step, sequence, layer and direction, and the state before")
  func full() {
    for (layerCount, isBidirectional) in [(1, false), (2, false), (3, true)] {
      let lstm = LSTM<Float>(
        inputSize: 3, hiddenSize: 17, layerCount: layerCount, isBidirectional: isBidirectional, seed: 1)
      let tape = Tape(for: lstm, steps: 50, batchSize: 7)
      let count = layerCount * (isBidirectional ? 2 : 1)
      let byteCount = tape.byteCount
      #expect(byteCount == 4 * 7 * 17 * count * (50 * 6 + 2))
    }
  }

  @Test("GRU and RNN take less")
  func otherCells() {
    let gru = Tape(for: GRU<Double>(inputSize: 3, hiddenSize: 8, seed: 1), steps: 10, batchSize: 2).byteCount
    let before = Tape(
      for: GRU<Double>(inputSize: 3, hiddenSize: 8, reset: .beforeProduct, seed: 1), steps: 10, batchSize: 2
    ).byteCount
    let rnn = Tape(for: RNN<Double>(inputSize: 3, hiddenSize: 8, seed: 1), steps: 10, batchSize: 2).byteCount
    #expect(gru == 8 * 2 * 8 * (10 * 5 + 1))
    #expect(before == 8 * 2 * 8 * (10 * 4 + 1))
    #expect(rnn == 8 * 2 * 8 * (10 * 2 + 1))
  }

  @Test("10000 steps of 8 sequences with 256 units fit in 64 MiB")
  func long() {
    let lstm = LSTM<Float>(inputSize: 64, hiddenSize: 256, seed: 1)
    let tape = Tape(for: lstm, steps: 10_000, batchSize: 8, memoryLimit: .mebibytes(64))
    let byteCount = tape.byteCount
    #expect(byteCount <= 64 << 20)
    #expect(Tape.leastByteCount(for: lstm, steps: 10_000, batchSize: 8) < 8 << 20)
  }

  @Test("the least memory grows as the square root of the time")
  func growth() {
    let lstm = LSTM<Float>(inputSize: 8, hiddenSize: 16, layerCount: 2, seed: 1)
    let short = Tape.leastByteCount(for: lstm, steps: 100_000, batchSize: 64)
    let long = Tape.leastByteCount(for: lstm, steps: 400_000, batchSize: 64)
    #expect(Double(long) < 2.1 * Double(short))
  }

  @Test("nothing to run is nothing to keep")
  func empty() {
    let lstm = LSTM<Float>(inputSize: 2, hiddenSize: 3, layerCount: 2, isBidirectional: true, seed: 1)
    for (steps, batch) in [(0, 2), (3, 0), (0, 0)] {
      var tape = Tape(for: lstm, steps: steps, batchSize: batch, memoryLimit: .kibibytes(1))
      var gradients = lstm.parameters.zeros()
      let output = lstm.forward(Tensor(shape: [steps, batch, 2]), recording: &tape)
      let final = LSTM<Float>.State(
        hidden: Tensor(shape: [4, batch, 3], repeating: 1), cell: Tensor(shape: [4, batch, 3], repeating: 2))
      let inputs = lstm.backward(OutputGradients(final: final), through: &tape, into: &gradients)
      #expect(output.hidden.shape == [steps, batch, 6])
      #expect(inputs.initial == final)
      #expect(gradients == lstm.parameters.zeros())
    }
  }
}
