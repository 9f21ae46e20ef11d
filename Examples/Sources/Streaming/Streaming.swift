import Recurrent

/// One frame at a time. The stream keeps the state; after it is made, nothing is allocated.
@main
struct Streaming {
  static func main() {
    let lstm = LSTM<Float>(inputSize: 40, hiddenSize: 128, seed: 1)
    var stream = lstm.stream(batchSize: 1)
    var frame = Tensor<Float>(shape: [1, 40])
    var hidden = Tensor<Float>(shape: [1, 128])

    for time in 0..<100 {
      frame[0, time % 40] = 1
      stream.step(frame.span, into: hidden.mutableSpan)
    }

    print(hidden[0, 0].isFinite, stream.state.cell.shape)  // true [1, 1, 128]
  }
}
