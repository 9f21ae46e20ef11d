/// One pass through a recording: what was said of each frame, and how long that took.
struct FramePass: Decodable {
  private(set) var probabilities: [Float] = []
  private(set) var microseconds: [Double] = []

  /// Goes through a recording, whose last frame is filled up with silence.
  init(_ recording: Recording, _ stream: inout VoiceActivityStream) {
    let size = VoiceActivityModel.frameSize
    let excess = recording.samples.count % size
    let samples = recording.samples + [Float](repeating: 0, count: excess == 0 ? 0 : size - excess)
    probabilities.reserveCapacity(samples.count / size)
    microseconds.reserveCapacity(samples.count / size)
    stream.reset()
    for start in Swift.stride(from: 0, to: samples.count, by: size) {
      let began = ContinuousClock.now
      let probability = stream(samples.span.extracting(start..<start + size))
      microseconds.append(began.duration(to: .now) / .microseconds(1))
      probabilities.append(probability)
    }
  }

  /// The largest difference from other probabilities, or NaN where they are not as many.
  func difference(from others: [Float]) -> Float {
    guard others.count == probabilities.count else { return .nan }
    return zip(probabilities, others).reduce(0) { max($0, ($1.0 - $1.1).magnitude) }
  }
}
