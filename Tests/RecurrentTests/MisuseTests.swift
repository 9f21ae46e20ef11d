import Recurrent
import Testing

/// Every misuse stops the program with a sentence that names the operation and both numbers.
@Suite("Misuse")
struct MisuseTests {
  /// Checks that the last exit test's message has all of `words`.
  private func expect(_ result: ExitTest.Result?, says words: String...) {
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    for word in words { #expect(message.contains(word), "'\(word)' is missing in: \(message)") }
  }

  @Test func tensorShape() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(shape: [2, 3], elements: [1, 2, 3, 4])
    }
    expect(result, says: "Tensor", "4 elements", "holds 6")
  }

  @Test func tensorIndex() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(shape: [2, 3])[1, 3]
    }
    expect(result, says: "Tensor", "index 3", "dimension of 3")
  }

  @Test func matrixTooSmall() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = MatrixView([Float](repeating: 0, count: 11).span, rows: 3, columns: 4)
    }
    expect(result, says: "MatrixView", "3 rows of 4", "11 elements")
  }

  @Test func productSizes() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let numbers = [Float](repeating: 0, count: 12)
      var target = [Float](repeating: 0, count: 12)
      var c = MutableMatrixView(target.mutableSpan, rows: 3, columns: 4)
      BLAS.multiply(
        MatrixView(numbers.span, rows: 3, columns: 4), MatrixView(numbers.span, rows: 3, columns: 4), into: &c)
    }
    expect(result, says: "multiply", "4 columns", "3 rows")
  }

  @Test func inputFeatures() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LSTM<Float>(inputSize: 4, hiddenSize: 3, seed: 1)(Tensor(shape: [2, 1, 5]))
    }
    expect(result, says: "run", "5 features", "input size of 4")
  }

  @Test func inputDimensions() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LSTM<Float>(inputSize: 4, hiddenSize: 3, seed: 1)(Tensor(shape: [2, 4]))
    }
    expect(result, says: "run", "2 dimensions", "in place of 3")
  }

  @Test func lengthBeyondTheEnd() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LSTM<Float>(inputSize: 4, hiddenSize: 3, seed: 1)(Tensor(shape: [5, 2, 4]), lengths: [5, 6])
    }
    expect(result, says: "lengths", "6 steps", "of 5")
  }

  @Test func lengthCount() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LSTM<Float>(inputSize: 4, hiddenSize: 3, seed: 1)(Tensor(shape: [5, 2, 4]), lengths: [5, 4, 3])
    }
    expect(result, says: "lengths", "3 lengths", "2 sequences")
  }

  @Test func stateShape() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let lstm = LSTM<Float>(inputSize: 4, hiddenSize: 3, seed: 1)
      _ = lstm(Tensor(shape: [5, 2, 4]), from: lstm.zeroState(batchSize: 3))
    }
    expect(result, says: "state", "[1, 3, 3]", "[1, 2, 3]")
  }

  @Test func outputCount() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let lstm = LSTM<Float>(inputSize: 4, hiddenSize: 3, seed: 1)
      var workspace = Workspace(for: lstm, stepCount: 2, batchSize: 2)
      var state = lstm.zeroState(batchSize: 2)
      var hidden = [Float](repeating: 0, count: 11)
      lstm.run([Float](repeating: 0, count: 16).span, state: &state, into: hidden.mutableSpan, using: &workspace)
    }
    expect(result, says: "run", "11 outputs", "4 rows of 3")
  }

  @Test func smallWorkspace() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let lstm = LSTM<Float>(inputSize: 4, hiddenSize: 3, seed: 1)
      var workspace = Workspace(for: lstm, stepCount: 1, batchSize: 2)
      var state = lstm.zeroState(batchSize: 2)
      var hidden = [Float](repeating: 0, count: 12)
      lstm.run([Float](repeating: 0, count: 16).span, state: &state, into: hidden.mutableSpan, using: &workspace)
    }
    expect(result, says: "Workspace", "1 steps of 2", "2 of 2")
  }

  @Test func foreignWorkspace() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let (lstm, other) = (
        LSTM<Float>(inputSize: 4, hiddenSize: 3, seed: 1), LSTM<Float>(inputSize: 4, hiddenSize: 2, seed: 1)
      )
      var workspace = Workspace(for: other, stepCount: 2, batchSize: 2)
      var state = lstm.zeroState(batchSize: 2)
      var hidden = [Float](repeating: 0, count: 12)
      lstm.run([Float](repeating: 0, count: 16).span, state: &state, into: hidden.mutableSpan, using: &workspace)
    }
    expect(result, says: "Workspace", "hiddenSize: 2", "hiddenSize: 3")
  }

  @Test func frameSize() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var stream = LSTM<Float>(inputSize: 4, hiddenSize: 3, seed: 1).stream(batchSize: 2)
      var hidden = [Float](repeating: 0, count: 6)
      stream.step([1, 2, 3].span, into: hidden.mutableSpan)
    }
    expect(result, says: "step", "3 inputs", "2 sequences of 4")
  }

  @Test func resetRow() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var stream = LSTM<Float>(inputSize: 4, hiddenSize: 3, seed: 1).stream(batchSize: 2)
      stream.reset(row: 2)
    }
    expect(result, says: "reset", "row 2 of 2")
  }

  @Test func bidirectionalStream() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LSTM<Float>(inputSize: 4, hiddenSize: 3, isBidirectional: true, seed: 1).stream(batchSize: 2)
    }
    expect(result, says: "Stream", "2 directions", "only 1")
  }

  @Test func sizeOfZero() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LSTM<Float>(inputSize: 0, hiddenSize: 3, seed: 1)
    }
    expect(result, says: "LSTM", "input size of 0", "from 1")
  }

  @Test func hugeTensor() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(shape: [1 << 40, 1 << 22])
    }
    expect(result, says: "Tensor", "\(1 << 40)", "\(1 << 22)", "limit")
  }

  @Test func hugeStream() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LSTM<Float>(inputSize: 4, hiddenSize: 3, seed: 1).stream(batchSize: 1 << 61)
    }
    expect(result, says: "\(1 << 61)", "limit")
  }

  @Test func hugeWorkspace() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let lstm = LSTM<Float>(inputSize: 4, hiddenSize: 3, seed: 1)
      _ = Workspace(for: lstm, stepCount: 1 << 40, batchSize: 1 << 40)
    }
    expect(result, says: "Workspace", "\(1 << 40)", "limit")
  }

  @Test func hugeLayer() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LSTM<Float>(inputSize: 4, hiddenSize: 1 << 62, seed: 1)
    }
    expect(result, says: "hidden size of \(1 << 62)", "\(1 << 28)")
  }

  @Test func inputsForNoSequences() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let lstm = LSTM<Float>(inputSize: 4, hiddenSize: 3, seed: 1)
      var workspace = Workspace(for: lstm, stepCount: 2, batchSize: 2)
      var state = lstm.zeroState(batchSize: 0)
      var hidden = [Float](repeating: 0, count: 12)
      lstm.run([Float](repeating: 0, count: 16).span, state: &state, into: hidden.mutableSpan, using: &workspace)
    }
    expect(result, says: "run", "16 inputs", "0 sequences")
  }

  @Test func workspaceOfAnotherEngine() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let padded = LSTM<Float>(inputSize: 4, hiddenSize: 3, seed: 1, engine: .fused)
      var workspace = Workspace(
        for: LSTM<Float>(inputSize: 4, hiddenSize: 3, seed: 1, engine: .naive), stepCount: 2, batchSize: 2)
      var state = padded.zeroState(batchSize: 2)
      var hidden = [Float](repeating: 0, count: 12)
      padded.run([Float](repeating: 0, count: 16).span, state: &state, into: hidden.mutableSpan, using: &workspace)
    }
    expect(result, says: "Workspace", "elements of scratch", "needs")
  }

  @Test func changedShape() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var lstm = LSTM<Float>(inputSize: 4, hiddenSize: 3, seed: 1)
      lstm.parameters[layer: 0].bias = Tensor(shape: [13])
    }
    expect(result, says: "bias of layer 0", "[13]", "[12]")
  }

  @Test func layerOutOfRange() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LSTMConfiguration(inputSize: 4, hiddenSize: 3, layerCount: 2).inputSize(ofLayer: 2)
    }
    expect(result, says: "layer 2 of 2")
  }

  @Test func gruWeightShapes() async {
    let bias = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let weights = GRUWeights<Float>(
        matrix: Tensor(shape: [7, 9]), bias: Tensor(shape: [9]), recurrentBias: Tensor(shape: [3]))
      _ = GRUParameters(
        GRUConfiguration(inputSize: 4, hiddenSize: 3, reset: .beforeProduct), weights: [weights])
    }
    expect(bias, says: "GRU", "recurrent bias of layer 0", "[3]", "[]")
    let matrix = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let weights = GRUWeights<Float>(matrix: Tensor(shape: [7, 12]), bias: Tensor(shape: [12]))
      _ = GRUParameters(GRUConfiguration(inputSize: 4, hiddenSize: 3), weights: [weights])
    }
    expect(matrix, says: "GRU", "matrix of layer 0", "[7, 12]", "[7, 9]")
  }

  @Test func rnnWeightShape() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let weights = RNNWeights<Float>(matrix: Tensor(shape: [7, 3]), bias: Tensor(shape: [4]))
      _ = RNNParameters(RNNConfiguration(inputSize: 4, hiddenSize: 3), weights: [weights])
    }
    expect(result, says: "RNN", "bias of layer 0", "[4]", "[3]")
  }

  @Test func weightCount() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let configuration = GRUConfiguration(inputSize: 4, hiddenSize: 3, layerCount: 2)
      let parameters = GRUParameters<Float>(configuration, initialization: .uniform, seed: 1)
      _ = GRUParameters(configuration, weights: [parameters[layer: 0]])
    }
    expect(result, says: "GRU", "1 layers and directions", "not 2")
  }

  @Test func stateOfAnotherCell() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let lstm = LSTM<Float>(inputSize: 4, hiddenSize: 3, seed: 1)
      _ = GRU<Float>.State(components: lstm.zeroState(batchSize: 2).components)
    }
    expect(result, says: "HiddenState", "2 components", "1")
  }

  @Test func weightShape() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let weights = LSTMWeights<Float>(matrix: Tensor(shape: [7, 12]), bias: Tensor(shape: [11]))
      _ = LSTMParameters(LSTMConfiguration(inputSize: 4, hiddenSize: 3), weights: [weights])
    }
    expect(result, says: "bias of layer 0", "[11]", "[12]")
  }
}
