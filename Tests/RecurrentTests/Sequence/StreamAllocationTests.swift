import CAllocationCounter
import Recurrent
import Testing

/// In a process of its own, where nobody else allocates, a step is counted.
@Suite("Stream: what a step asks of the system")
struct StreamAllocationTests {
  @Test("a step of the engine naive allocates nothing and takes no lock", .enabled(if: isCounting && isOptimised))
  func naive() async {
    await #expect(processExitsWith: .success) {
      expectQuietSteps(LSTM<Float>(inputSize: 20, hiddenSize: 30, layerCount: 2, seed: 1, engine: .naive), rows: 3)
    }
  }

  @Test("a step of the engine blas allocates nothing and takes no lock", .enabled(if: isCounting))
  func blas() async {
    await #expect(processExitsWith: .success) {
      for rows in [1, 7, 70] {
        expectQuietSteps(LSTM<Float>(inputSize: 200, hiddenSize: 300, seed: 1, engine: .blas), rows: rows)
      }
    }
  }

  @Test("a step of the engine fused allocates nothing and takes no lock", .enabled(if: isCounting))
  func fused() async {
    await #expect(processExitsWith: .success) {
      for rows in [1, 7, 70] {
        expectQuietSteps(LSTM<Float>(inputSize: 200, hiddenSize: 300, layerCount: 2, seed: 1), rows: rows)
      }
    }
  }

  @Test("a step with peepholes and a projection allocates nothing and takes no lock", .enabled(if: isCounting))
  func options() async {
    await #expect(processExitsWith: .success) {
      for engine in [Engine.blas, .fused] {
        for (units, width) in [(64, 20), (1024, 512)] {
          let configuration = LSTMConfiguration(
            inputSize: 50, hiddenSize: units, projectionSize: width, hasPeepholes: true)
          expectQuietSteps(LSTM<Float>(configuration, seed: 1, engine: engine), rows: 1)
        }
      }
    }
  }

  @Test("a step of a normalised layer allocates nothing and takes no lock", .enabled(if: isCounting))
  func normalized() async {
    await #expect(processExitsWith: .success) {
      for rows in [1, 7] {
        let lstm = LSTMConfiguration(inputSize: 50, hiddenSize: 65, layerCount: 2, layerNormalization: .standard)
        expectQuietSteps(LSTM<Float>(lstm, seed: 1, engine: .blas), rows: rows)
        let gru = GRUConfiguration(inputSize: 50, hiddenSize: 65, layerCount: 2, layerNormalization: .standard)
        expectQuietSteps(GRU<Float>(gru, seed: 1, engine: .blas), rows: rows)
      }
    }
  }

  @Test("a step of a GRU or a plain RNN allocates nothing and takes no lock", .enabled(if: isCounting))
  func otherCells() async {
    await #expect(processExitsWith: .success) {
      for engine in [Engine.blas, .fused] {
        for rows in [1, 7] {
          for reset in [GRUReset.afterProduct, .beforeProduct] {
            expectQuietSteps(
              GRU<Float>(inputSize: 50, hiddenSize: 65, layerCount: 2, reset: reset, seed: 1, engine: engine),
              rows: rows)
          }
          expectQuietSteps(
            RNN<Float>(inputSize: 50, hiddenSize: 65, layerCount: 2, seed: 1, engine: engine), rows: rows)
        }
      }
    }
  }

  /// Counting needs glibc, and a build without the sanitizers' own allocators.
  private static var isCounting: Bool { allocation_counter_is_available() }

  /// Without optimisation the compiler puts the context of the naive loops' closures on the heap.
  private static var isOptimised: Bool {
    #if DEBUG
      false
    #else
      true
    #endif
  }
}

/// Stops the process, and so fails the test, if a hundred steps allocate or lock.
private func expectQuietSteps(_ layer: some RecurrentLayer<Float>, rows: Int) {
  var stream = layer.stream(batchSize: rows)
  let frame = Tensor<Float>(shape: [rows, layer.stack.shape.inputSize], repeating: 0.5)
  var hidden = Tensor<Float>(shape: [rows, layer.stack.shape.outputSize])
  stream.step(frame.span, into: hidden.mutableSpan)  // whatever is made once in a program, is made here
  allocation_counter_reset()
  for _ in 0..<100 { stream.step(frame.span, into: hidden.mutableSpan) }
  let counts = allocation_counter_read()
  precondition(counts.allocations == 0, "100 steps of \(rows) rows allocated \(counts.allocations) times")
  // OpenBLAS locks inside larger products on machines where it has no kernels for small ones.
  let mayLock = layer.engine == .blas && !BLAS.hasUnpackedSmallProducts
  precondition(counts.locks == 0 || mayLock, "100 steps of \(rows) rows locked \(counts.locks) times")
}
