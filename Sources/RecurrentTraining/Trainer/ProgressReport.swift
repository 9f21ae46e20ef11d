internal import Foundation

/// Where a `Trainer` tells how far it is.
public enum ProgressReport: Sendable {
  /// Standard error: a bar on a terminal, plain lines elsewhere.
  case standardError
  /// Plain lines, to a closure: one every ten seconds, and one for each epoch.
  case lines(@Sendable (String) -> Void)
  /// Nowhere.
  case none
}

/// Measures how fast training goes, and tells it.
struct ProgressMeter {
  private let report: ProgressReport
  private let epochs: Int
  private let unit: String
  private let isTerminal: Bool
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var lastShown: ContinuousClock.Instant
  private var count = 0
  private var steps = 0

  init(_ report: ProgressReport, epochs: Int, unit: String) {
    self.report = report
    self.epochs = epochs
    self.unit = unit
    if case .standardError = report {
      isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1
    } else {
      isTerminal = false
    }
    start = clock.now
    lastShown = start
  }

  /// After a step: the bar ten times a second, a line every ten seconds.
  mutating func show(_ state: TrainingState, steps stepsInEpoch: Int, count: Int) {
    self.count += count
    steps += 1
    let now = clock.now
    guard now - lastShown >= (isTerminal ? .milliseconds(100) : .seconds(10)) else { return }
    lastShown = now
    let share = Double(state.position) / Double(stepsInEpoch)
    let left = (Double(epochs - state.epoch) - share) * Double(stepsInEpoch) * seconds / Double(steps)
    let text =
      "epoch \(state.epoch + 1)/\(epochs)  step \(state.step)  loss \(short(state.meanLoss))  \(speed)  "
      + "\(time(left)) left"
    write(isTerminal ? "\r\u{1B}[K\(bar(share)) \(text)" : "\(text)  (\(Int(100 * share)) % of the epoch)\n")
  }

  /// After an epoch: a line that stays.
  func endEpoch(_ state: TrainingState, loss: Double, validation: Double?) {
    let judged = validation.map { "  validation \(short($0))" + (state.epochsSinceBest == 0 ? ", the best" : "") } ?? ""
    let text = "epoch \(state.epoch)/\(epochs)  step \(state.step)  loss \(short(loss))\(judged)  \(speed)\n"
    write(isTerminal ? "\r\u{1B}[K\(text)" : text)
  }

  private var seconds: Double { (clock.now - start) / .seconds(1) }

  private var speed: String { "\(short(Double(count) / max(seconds, 1e-9))) \(unit)/s" }

  private func write(_ text: String) {
    switch report {
    case .none: return
    case .lines(let take): take(text.hasSuffix("\n") ? String(text.dropLast()) : text)
    case .standardError: FileHandle.standardError.write(Data(text.utf8))
    }
  }
}

/// Twenty places, filled to a share.
private func bar(_ share: Double) -> String {
  let full = Int(20 * share)
  return String(repeating: "█", count: full) + String(repeating: "░", count: 20 - full)
}

/// Four significant digits.
private func short(_ number: Double) -> String { String(format: "%.4g", number) }

/// As `1:02:03` or `2:03`.
private func time(_ seconds: Double) -> String {
  let whole = Int(max(0, min(seconds, 1e9)))
  let rest = String(format: whole < 3600 ? "%d:%02d" : "%02d:%02d", whole / 60 % 60, whole % 60)
  return whole < 3600 ? rest : "\(whole / 3600):\(rest)"
}
