import Recurrent
import Testing

@Suite("Layer normalisation: misuse")
struct NormalizationMisuseTests {
  /// Checks that an exit test's message has all of `words`.
  private func expect(_ result: ExitTest.Result?, says words: String...) {
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    for word in words { #expect(message.contains(word), "'\(word)' is missing in: \(message)") }
  }

  @Test func projection() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let configuration = LSTMConfiguration(
        inputSize: 4, hiddenSize: 7, projectionSize: 3, layerNormalization: .standard)
      _ = LSTM<Float>(configuration, seed: 1)
    }
    expect(result, says: "LSTM: layer normalisation with a projection of 7 units to 3")
  }

  @Test func peepholes() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let configuration = LSTMConfiguration(
        inputSize: 4, hiddenSize: 7, hasPeepholes: true, layerNormalization: .standard)
      _ = LSTM<Float>(configuration, seed: 1)
    }
    expect(result, says: "LSTM: layer normalisation with peepholes to 7 units")
  }

  @Test func resetBefore() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let configuration = GRUConfiguration(
        inputSize: 4, hiddenSize: 7, reset: .beforeProduct, layerNormalization: .standard)
      _ = GRU<Float>(configuration, seed: 1)
    }
    expect(result, says: "GRU: layer normalisation of 7 units", "before the product")
  }

  @Test func epsilonOfZero() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let configuration = GRUConfiguration(
        inputSize: 4, hiddenSize: 7, layerNormalization: LayerNormalization(epsilon: 0))
      _ = GRU<Float>(configuration, seed: 1)
    }
    expect(result, says: "GRU", "epsilon of 0.0", "above 0")
  }

  @Test func missingGains() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let weights = LSTMWeights<Float>(matrix: Tensor(shape: [7, 12]), bias: Tensor(shape: [12]))
      let configuration = LSTMConfiguration(inputSize: 4, hiddenSize: 3, layerNormalization: .standard)
      _ = LSTM(configuration, parameters: LSTMParameters(configuration, weights: [weights]))
    }
    expect(result, says: "LSTM", "input gain", "[12]")
  }
}
