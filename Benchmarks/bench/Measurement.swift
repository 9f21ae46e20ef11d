import Histogram

/// Time in seconds.
enum Stopwatch {
  @inline(__always)
  static func seconds(_ body: () -> Void) -> Double {
    let start = ContinuousClock.now
    body()
    return start.duration(to: .now) / .seconds(1)
  }
}

/// Something that is timed: an engine at work on a problem.
protocol Subject: AnyObject {
  /// Does the work that is timed, `count` times over.
  func call(_ count: Int)
}

/// The times of one subject.
struct Measurement {
  /// The shortest call in seconds.
  private(set) var minimum = Double.infinity
  /// Samples that were taken.
  private(set) var sampleCount = 0
  /// Calls in one sample, whose time is divided by them. 1 unless a call is too short for the clock.
  let callsPerSample: Int
  /// Time of all samples in seconds.
  private(set) var total = 0.0

  /// Times of calls in tenths of a nanosecond, up to an hour, to three digits.
  private var histogram = Histogram<UInt64>(
    highestTrackableValue: 36_000_000_000_000, numberOfSignificantValueDigits: .three)

  init(callsPerSample: Int) { self.callsPerSample = callsPerSample }

  /// The time in seconds that `percentile` of 100 samples do not exceed.
  func time(percentile: Double) -> Double { Double(histogram.valueAtPercentile(percentile)) * 1e-10 }

  var median: Double { time(percentile: 50) }

  mutating func add(sampleSeconds: Double) {
    let seconds = sampleSeconds / Double(callsPerSample)
    minimum = min(minimum, seconds)
    total += sampleSeconds
    sampleCount += 1
    histogram.record(UInt64(max(1, min(seconds * 1e10, 3.6e13))))
  }
}

/// Times subjects side by side.
///
/// Each gets `seconds` of time, in slices that take turns, so that a slow moment of the machine hits all of them. The
/// first call of a slice is not counted: it finds its weights driven from the caches by the other subjects.
struct Sampler {
  /// Time for each subject.
  let seconds: Double
  /// The time of one slice, but for calls that take longer.
  private var slice: Double { seconds / 8 }
  /// Calls shorter than this are timed several at a time, so that reading the clock, some 30 ns, does not count.
  static let shortestSample = 1e-6
  /// Samples that a slow subject gets even if they take longer.
  private static let leastSampleCount = 3

  /// Times the subjects. `willMeasure` is told whose turn it is.
  func measure(_ subjects: [any Subject], willMeasure: (Int) -> Void) -> [Measurement] {
    var measurements = subjects.enumerated().map { index, subject in
      willMeasure(index)
      return warmUp(subject)
    }
    var unfinished = Array(subjects.indices)
    while !unfinished.isEmpty {
      for index in unfinished {
        willMeasure(index)
        runSlice(subjects[index], &measurements[index])
      }
      unfinished.removeAll {
        measurements[$0].total >= seconds && measurements[$0].sampleCount >= Self.leastSampleCount
      }
    }
    return measurements
  }

  private func runSlice(_ subject: any Subject, _ measurement: inout Measurement) {
    if measurement.sampleCount == 0 || measurement.minimum < slice { subject.call(measurement.callsPerSample) }
    let end = measurement.total + slice
    repeat {
      measurement.add(sampleSeconds: Stopwatch.seconds { subject.call(measurement.callsPerSample) })
    } while measurement.total < end
  }

  /// Warms the subject up, and finds out how many of its calls a sample needs. A call too slow to be repeated for
  /// nothing is the first sample.
  private func warmUp(_ subject: any Subject) -> Measurement {
    var count = 1
    while true {
      let time = Stopwatch.seconds { subject.call(count) }
      if time > 100 * Self.shortestSample || count >= 1 << 20 {
        let call = time / Double(count)
        var measurement = Measurement(
          callsPerSample: call < Self.shortestSample ? Int((2 * Self.shortestSample / call).rounded(.up)) : 1)
        if call > slice { measurement.add(sampleSeconds: call) }
        return measurement
      }
      count *= 4
    }
  }
}
