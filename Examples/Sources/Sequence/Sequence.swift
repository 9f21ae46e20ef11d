import Recurrent

/// Three sequences of different lengths through two bidirectional layers, in one call.
@main
struct Sequence {
  static func main() {
    let lstm = LSTM<Float>(inputSize: 80, hiddenSize: 256, layerCount: 2, isBidirectional: true, seed: 1)
    let features = Tensor<Float>(shape: [120, 3, 80], repeating: 0.1)  // [T, N, I]

    let output = lstm(features, lengths: [120, 87, 3])

    print(output.hidden.shape)  // [120, 3, 512]: h of both directions at every step, 0 past each sequence's end
    print(output.final.hidden.shape)  // [4, 3, 256]: the last h of every layer and direction
  }
}
