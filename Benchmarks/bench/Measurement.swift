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
  /// Bytes of its tape, where it has one.
  var tapeBytes: Int? { get }
}

extension Subject {
  var tapeBytes: Int? { nil }
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

  /// The samples from one time up to another, in seconds.
  func sampleCount(from start: Double, to end: Double) -> Int {
    let (start, end) = (UInt64(max(0, start * 1e10)), UInt64(max(0, end * 1e10)))
    return start < end ? Int(histogram.count(within: start...end - 1)) : 0
  }

  mutating func add(sampleSeconds: Double) {
    let seconds = sampleSeconds / Double(callsPerSample)
    minimum = min(minimum, seconds)
    total += sampleSeconds
    sampleCount += 1
    histogram.record(UInt64(max(1, min(seconds * 1e10, 3.6e13))))
  }
}

/// One who takes turns in being timed: an engine, or another framework in a program of its own.
protocol Contestant: AnyObject {
  /// What it is called while it is its turn.
  var name: String { get }
  /// The times so far.
  var measurement: Measurement { get }
  /// Whether it has given up.
  var isOut: Bool { get }
  /// Gets warm. A call that takes longer than a slice need not be repeated for nothing: it is the first sample.
  func warmUp(slice: Double)
  /// Goes on for about `slice` seconds. Before that it calls for a twentieth of them, once at least, without counting:
  /// its weights were driven from the caches by the others.
  func run(slice: Double)
}

/// Times contestants side by side.
///
/// Each gets `seconds` of time, in slices that take turns, so that a slow moment of the machine hits all of them.
struct Sampler {
  /// Time for each contestant.
  let seconds: Double
  /// The time of one slice, but for calls that take longer.
  private var slice: Double { seconds / 8 }
  /// Samples that a slow contestant gets even if they take longer.
  private static let leastSampleCount = 3

  /// Times the contestants. `willMeasure` is told whose turn it is.
  func measure(_ contestants: [any Contestant], willMeasure: (String) -> Void) {
    for contestant in contestants {
      willMeasure(contestant.name)
      contestant.warmUp(slice: slice)
    }
    var unfinished = contestants
    while true {
      unfinished.removeAll {
        $0.isOut || $0.measurement.total >= seconds && $0.measurement.sampleCount >= Self.leastSampleCount
      }
      if unfinished.isEmpty { return }
      for contestant in unfinished {
        willMeasure(contestant.name)
        contestant.run(slice: slice)
      }
    }
  }
}

/// An engine's turns.
final class EngineTurns: Contestant {
  let name: String
  private let subject: any Subject
  private(set) var measurement = Measurement(callsPerSample: 1)
  private var processorTime = ProcessorTime()

  /// Calls shorter than this are timed several at a time, so that reading the clock, some 30 ns, does not count.
  static let shortestSample = 1e-6

  init(_ name: String, _ subject: any Subject) {
    self.name = name
    self.subject = subject
  }

  var isOut: Bool { false }

  /// Threads that were at work.
  var threadCount: Int { processorTime.threadCount }

  func run(slice: Double) {
    let count = measurement.callsPerSample
    if measurement.sampleCount == 0 || measurement.minimum < slice {
      var warming = 0.0
      repeat { warming += Stopwatch.seconds { subject.call(count) } } while warming < slice / 20
    }
    let end = measurement.total + slice
    processorTime.add {
      repeat {
        measurement.add(sampleSeconds: Stopwatch.seconds { subject.call(count) })
      } while measurement.total < end
    }
  }

  func warmUp(slice: Double) {
    var count = 1
    while true {
      let time = Stopwatch.seconds { subject.call(count) }
      if time > 100 * Self.shortestSample || count >= 1 << 20 {
        let call = time / Double(count)
        measurement = Measurement(
          callsPerSample: call < Self.shortestSample ? Int((2 * Self.shortestSample / call).rounded(.up)) : 1)
        if call > slice { measurement.add(sampleSeconds: call) }
        return
      }
      count *= 4
    }
  }
}
