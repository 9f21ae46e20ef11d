/// Finds where speech begins and ends, from the probabilities of its frames, as silero's `get_speech_timestamps` does with
/// its own settings and no limit to how long speech may be.
///
/// Speech begins at a probability of `threshold`, and ends where it has fallen below a lower one and not come back for
/// 100 ms. What is not longer than 250 ms is dropped; what is left gains 30 ms at either end, or half of a shorter pause.
struct SpeechSegments {
  private let threshold, exitThreshold: Float
  private var found: [Range<Int>] = []
  private var start, pause: Int?
  private var position = 0

  private static let shortestPause = VoiceActivityModel.sampleRate / 10
  private static let shortestSpeech = VoiceActivityModel.sampleRate / 4
  private static let margin = VoiceActivityModel.sampleRate * 3 / 100

  init(threshold: Float) {
    self.threshold = threshold
    exitThreshold = max(threshold - 0.15, 0.01)
  }

  /// Takes the probability of the next frame.
  mutating func append(_ probability: Float) {
    if probability >= threshold {
      start = start ?? position
      pause = nil
    } else if probability < exitThreshold, start != nil {
      let end = pause ?? position
      pause = end
      if position - end >= Self.shortestPause { close(at: end) }
    }
    position += VoiceActivityModel.frameSize
  }

  private mutating func close(at end: Int) {
    if let start, end - start > Self.shortestSpeech { found.append(start..<end) }
    (start, pause) = (nil, nil)
  }

  /// All speech in a recording of so many samples.
  consuming func finished(sampleCount: Int) -> [Range<Int>] {
    close(at: sampleCount)
    // Halves of the pauses between, and all of those before the first and after the last.
    let pauses = zip(found, found.dropFirst()).map { ($1.lowerBound - $0.upperBound) / 2 }
    let before = [found.first?.lowerBound ?? 0] + pauses
    let after = pauses + [sampleCount - (found.last?.upperBound ?? 0)]
    return found.enumerated().map { index, speech in
      speech.lowerBound - min(Self.margin, before[index])..<speech.upperBound + min(Self.margin, after[index])
    }
  }
}
