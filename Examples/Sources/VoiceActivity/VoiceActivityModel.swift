import Foundation
import Recurrent
import RecurrentFormats

/// silero-vad 6.2 for 16 kHz: the windows of a Fourier transform, four convolutions, an LSTM that remembers the frames
/// before, and one number of its units.
struct VoiceActivityModel {
  static let sampleRate = 16_000
  static let frameSize = 512
  static let contextSize = 64
  static let binCount = 129

  let fourier: Convolution
  let encoder: [Convolution]
  let lstm: LSTM<Float>
  let last: Convolution

  /// Reads the weights by their names.
  init(_ file: TensorFile) throws(TensorFileError) {
    fourier = try Convolution(
      file, named: "stft_conv", filters: 2 * Self.binCount, channels: 1, width: 256, stride: 128, isBiased: false)
    encoder = [
      try Convolution(file, named: "conv1", filters: 128, channels: Self.binCount, width: 3),
      try Convolution(file, named: "conv2", filters: 64, channels: 128, width: 3, stride: 2),
      try Convolution(file, named: "conv3", filters: 64, channels: 64, width: 3, stride: 2),
      try Convolution(file, named: "conv4", filters: 128, channels: 64, width: 3),
    ]
    lstm = try LSTM<Float>(file, named: "lstm_cell")
    last = try Convolution(file, named: "final_conv", filters: 1, channels: 128, width: 1)
  }
}

/// A walk through a recording, frame by frame, that keeps what the model remembers. Any number of them share a model.
struct VoiceActivityStream: ~Copyable {
  private let model: VoiceActivityModel
  private var memory: Recurrent.Stream<LSTM<Float>>

  // What each part hands to the next. A convolution of width 3 sees a row of zeros before the first and after the last.
  private var samples, spectrum, magnitudes, rows1, rows2, rows3, features, hidden, logit: [Float]

  /// Before the first frame.
  init(_ model: VoiceActivityModel) {
    func zeros(_ rowCount: Int, of size: Int) -> [Float] { [Float](repeating: 0, count: rowCount * size) }
    self.model = model
    memory = model.lstm.stream(batchSize: 1)
    samples = zeros(1, of: VoiceActivityModel.frameSize + 2 * VoiceActivityModel.contextSize)
    spectrum = zeros(4, of: 2 * VoiceActivityModel.binCount)
    magnitudes = zeros(1 + 4 + 1, of: VoiceActivityModel.binCount)
    (rows1, rows2, rows3) = (zeros(1 + 4 + 1, of: 128), zeros(1 + 2 + 1, of: 64), zeros(1 + 1 + 1, of: 64))
    (features, hidden, logit) = (zeros(1, of: 128), zeros(1, of: 128), zeros(1, of: 1))
  }

  /// The probability of speech in the next `frameSize` samples, each in -1...1. Allocates nothing.
  mutating func callAsFunction(_ frame: Span<Float>) -> Float {
    let (context, size) = (VoiceActivityModel.contextSize, VoiceActivityModel.frameSize)
    // The end of the frame before, the frame, and its own end as in a mirror.
    for index in 0..<context { samples[index] = samples[size + index] }
    for index in 0..<size { samples[context + index] = frame[index] }
    for index in 0..<context { samples[context + size + index] = samples[context + size - 2 - index] }

    model.fourier(samples, into: &spectrum, isRectified: false)
    let binCount = VoiceActivityModel.binCount
    for position in 0..<4 {
      for bin in 0..<binCount {
        let real = spectrum[2 * position * binCount + bin]
        let imaginary = spectrum[(2 * position + 1) * binCount + bin]
        magnitudes[(1 + position) * binCount + bin] = (real * real + imaginary * imaginary).squareRoot()
      }
    }
    model.encoder[0](magnitudes, into: &rows1, margin: 1)
    model.encoder[1](rows1, into: &rows2, margin: 1)
    model.encoder[2](rows2, into: &rows3, margin: 1)
    model.encoder[3](rows3, into: &features)

    memory.step(features, into: &hidden)
    for unit in hidden.indices { hidden[unit] = max(hidden[unit], 0) }
    model.last(hidden, into: &logit, isRectified: false)
    return 1 / (1 + exp(-logit[0]))
  }

  /// Forgets all frames.
  mutating func reset() {
    memory.reset()
    for index in samples.indices { samples[index] = 0 }
  }
}

extension Recurrent.Stream {
  fileprivate mutating func step(_ frame: [Scalar], into hidden: inout [Scalar]) {
    step(frame.span, into: hidden.mutableSpan)
  }
}
