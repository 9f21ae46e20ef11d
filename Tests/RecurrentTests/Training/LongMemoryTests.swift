import Recurrent
import RecurrentTraining
import Testing

/// The adding problem over 60 steps, as in the example long-memory: the sum of two marked numbers, said at the end.
///
/// Only where the build is optimised: without that it takes minutes.
@Suite("Training: long memory", .enabled(if: isOptimised))
struct LongMemoryTests {
  private static let (stepCount, batchSize, steps) = (60, 20, 1000)
  private static let seed: UInt64 = 5

  /// Inputs [T, N, 2] and sums [N, 1].
  private static func batch(_ generator: inout SeededGenerator) -> (input: Tensor<Float>, sums: Tensor<Float>) {
    var input = Tensor<Float>(shape: [stepCount, batchSize, 2])
    var sums = Tensor<Float>(shape: [batchSize, 1])
    let half = Double(stepCount / 2)
    for row in 0..<batchSize {
      for step in 0..<stepCount { input[step, row, 0] = Float(generator.uniform()) }
      for marked in [generator.uniform(0, half), generator.uniform(half, 2 * half)] {
        input[Int(marked), row, 1] = 1
        sums[row, 0] += input[Int(marked), row, 0]
      }
    }
    return (input, sums)
  }

  /// The mean squared error of the last 50 of all steps, each of which sees new sequences.
  private static func error(of start: some RecurrentLayer<Float>) -> Double {
    func train<Layer: RecurrentLayer<Float>>(_ start: Layer) -> Double {
      var layer = start
      var dense = Dense<Float>(inputSize: layer.configuration.hiddenSize, outputSize: 1, seed: seed)
      var layerRule = Adam<Float>(learningRate: 4e-3)
      var denseRule = Adam<Float>(learningRate: 4e-3)
      var generator = SeededGenerator(seed: seed)
      var tape = Tape(for: layer, steps: stepCount, batchSize: batchSize)
      var gradients = layer.parameters.zeros()
      var denseGradients = dense.zeros()
      var last = 0.0
      for step in 0..<steps {
        let (input, sums) = batch(&generator)
        let output = layer.forward(input, recording: &tape)
        let hidden = output.final.components[0].reshaped(to: [batchSize, dense.inputSize])
        let loss = meanSquaredError(dense(hidden), sums)
        if step >= steps - 50 { last += loss.value / 50 }
        var final = layer.zeroState(batchSize: batchSize).components
        final[0] = dense.backward(loss.gradient, input: hidden, into: &denseGradients)
          .reshaped(to: final[0].shape)
        layer.backward(
          OutputGradients(final: Layer.State(components: final)), through: &tape, into: &gradients)
        gradients.clip(toNorm: 1)
        layerRule.update(&layer.parameters, with: gradients)
        denseRule.update(&dense, with: denseGradients)
      }
      return last
    }
    return train(start)
  }

  @Test("an LSTM adds two numbers that stand far apart")
  func lstm() {
    let configuration = LSTMConfiguration(inputSize: 2, hiddenSize: 32)
    let initialization = LSTMInitialization(
      input: .glorotUniform, recurrent: .glorotUniform, scope: .perGate,
      bias: .chrono(maximumSteps: Self.stepCount))
    let error = Self.error(of: LSTM<Float>(configuration, initialization: initialization, seed: Self.seed))
    #expect(error < 0.01, "seed \(Self.seed)")
  }

  @Test("a plain RNN with the same units, sequences and steps does not")
  func rnn() {
    let error = Self.error(of: RNN<Float>(inputSize: 2, hiddenSize: 32, seed: Self.seed))
    #expect(error > 0.1, "who always says 1 has 0.167; seed \(Self.seed)")
  }
}

#if DEBUG
  private let isOptimised = false
#else
  private let isOptimised = true
#endif
