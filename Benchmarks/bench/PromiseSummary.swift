import Recurrent
import RecurrentPictures
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

  private let outcomes: [Outcome]

  init(_ outcomes: [Outcome]) { self.outcomes = outcomes }

  /// A mean for every mode and promise that was put to the test.
  var means: [RatioMean] {
    Mode.allCases.flatMap { mode in
      outcomes.judgedEngines.flatMap { engine in Self.promises.compactMap { mean(mode, engine, $0) } }
    }
  }

  private func mean(_ mode: Mode, _ engine: Engine, _ promise: Promise) -> RatioMean? {
    let isOnSeveralTeams = mode.isShared(by: engine) && Set(outcomes.map(\.threadCount)).count > 1
    let judged = outcomes.filter { $0.workload.mode == mode }
    let ratios = judged.compactMap { outcome -> RatioMean.Ratio? in
      guard let plain = outcome.workload.problem.without(promise.option),
        let twin = judged.first(where: { $0.workload.problem == plain && $0.threadCount == outcome.threadCount }),
        let time = outcome.result(engine)?.measurement.minimum, let due = twin.result(engine)?.measurement.minimum
      else { return nil }
      let place = isOnSeveralTeams ? " on \(Text.threads(outcome.threadCount))" : ""
      let share = promise.share(outcome.workload, twin.workload)
      return (time / (due * share), outcome.workload.problem.description + place)
    }
    return RatioMean("\(mode), \(engine), \(promise.title)", ratios, lessIsBetter: true)
  }
}
