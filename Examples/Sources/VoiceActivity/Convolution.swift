import RecurrentFormats

/// A convolution over time, as dense products: at every position, of all filters with one window of the input.
///
/// Signals are [time][channels], so that a window is one piece of memory. The filters stand side by side in vectors, in the
/// order in which a window is walked, and so each number of a window is used for a whole vector of them.
struct Convolution {
  private typealias Lanes = SIMD16<Float>  // wider ones are not kept in registers

  private let channelCount, filterCount, windowSize, stride: Int
  private let weights: [Lanes]  // [filters / lanes][width][channels], the last vectors filled up with zeros
  private let biases: [Lanes]

  /// Reads `NAME.weight` [filters, channels, width] and, where there is one, `NAME.bias` [filters].
  init(
    _ file: TensorFile, named name: String, filters: Int, channels: Int, width: Int, stride: Int = 1,
    isBiased: Bool = true
  ) throws(TensorFileError) {
    let weight = try file.tensor("\(name).weight", shape: [filters, channels, width], convertedTo: Float.self).elements
    let bias = isBiased ? try file.tensor("\(name).bias", shape: [filters], convertedTo: Float.self).elements : []
    (channelCount, filterCount, windowSize, self.stride) = (channels, filters, channels * width, stride)
    let blockCount = (filters + Lanes.scalarCount - 1) / Lanes.scalarCount
    var weights = [Lanes](repeating: .zero, count: blockCount * windowSize)
    var biases = [Lanes](repeating: .zero, count: blockCount)
    for filter in 0..<filters {
      let (block, lane) = filter.quotientAndRemainder(dividingBy: Lanes.scalarCount)
      if isBiased { biases[block][lane] = bias[filter] }
      for channel in 0..<channels {
        for time in 0..<width {
          let from = (filter * channels + channel) * width + time
          weights[block * windowSize + time * channels + channel][lane] = weight[from]
        }
      }
    }
    (self.weights, self.biases) = (weights, biases)
  }

  /// Writes [position][filter] to `output`, behind `margin` positions that stay as they are; what is below 0 becomes 0 where
  /// the output `isRectified`. Allocates nothing.
  func callAsFunction(_ input: [Float], into output: inout [Float], margin: Int = 0, isRectified: Bool = true) {
    let (input, weights, biases) = (input.span, weights.span, biases.span)
    var output = output.mutableSpan
    let positionCount = (input.count - windowSize) / (stride * channelCount) + 1
    precondition(output.count >= (positionCount + margin) * filterCount)
    for block in biases.indices {
      let weights = weights.extracting(block * windowSize..<(block + 1) * windowSize)
      let filters = block * Lanes.scalarCount..<min((block + 1) * Lanes.scalarCount, filterCount)
      for position in 0..<positionCount {
        let start = position * stride * channelCount
        let window = input.extracting(start..<start + windowSize)
        var sums = biases[block]
        for index in window.indices { sums += weights[index] * window[index] }
        if isRectified { sums = pointwiseMax(sums, .zero) }
        let row = (position + margin) * filterCount
        for filter in filters { output[row + filter] = sums[filter - filters.lowerBound] }
      }
    }
  }
}
