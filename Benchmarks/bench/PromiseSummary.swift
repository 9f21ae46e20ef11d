import Recurrent
import RecurrentVerification

/// Whether time follows the work and nothing else: ratios of shortest times of problems and their plain twins, where both
/// were run. 1 is what the library promises.
struct PromiseSummary {
  /// A promise: what a problem has that its twin does not, and what part of the twin's time is due for it.
  private struct Promise: Sendable {
    let title: String
    let option: ProblemOption
    let share: @Sendable (_ workload: Workload, _ twin: Workload) -> Double
  }

  private static let promises = [
    Promise(title: "ragged: time over Σ lengths/(T·N) of the padded time", option: .ragged) {
      $0.floatingPointOperations / $1.floatingPointOperations
    },
    Promise(title: "decaying states: time over that of healthy ones", option: .decay) { _, _ in 1 },
  ]

  private var outcomes: [Outcome] = []

  mutating func add(_ outcome: Outcome) { outcomes.append(outcome) }

  /// A mean for every mode and promise that was put to the test.
  var means: [RatioMean] {
    Mode.allCases.flatMap { mode in
      outcomes.judgedEngines.flatMap { engine in Self.promises.compactMap { mean(mode, engine, $0) } }
    }
  }

  /// The means as lines of text.
  var lines: [String] { means.map { $0.line(titleWidth: 72) } }

  private func mean(_ mode: Mode, _ engine: Engine, _ promise: Promise) -> RatioMean? {
    let judged = outcomes.filter { $0.workload.mode == mode }
    let ratios = judged.compactMap { outcome -> RatioMean.Ratio? in
      guard let plain = outcome.workload.problem.without(promise.option),
        let twin = judged.first(where: { $0.workload.problem == plain }),
        let time = outcome.result(engine)?.measurement.minimum, let due = twin.result(engine)?.measurement.minimum
      else { return nil }
      return (time / (due * promise.share(outcome.workload, twin.workload)), outcome.workload.problem.description)
    }
    return RatioMean("\(mode), \(engine), \(promise.title)", ratios, lessIsBetter: true)
  }
}
