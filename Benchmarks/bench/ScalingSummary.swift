import Recurrent
import RecurrentPictures
import RecurrentVerification

/// How much faster calls are on more threads, where several numbers of them were measured side by side: the shortest time
/// on the least number over that on each of the others.
struct ScalingSummary {
  private let outcomes: [Outcome]

  init(_ outcomes: [Outcome]) { self.outcomes = outcomes }

  /// A mean for every engine that shares out its calls, and every number of threads but the least.
  var means: [RatioMean] {
    let counts = Set(outcomes.map(\.threadCount)).sorted()
    return Mode.allCases.flatMap { mode in
      outcomes.judgedEngines.filter(mode.isShared).flatMap { engine in
        counts.dropFirst().compactMap { mean(mode, engine, from: counts[0], to: $0) }
      }
    }
  }

  private func mean(_ mode: Mode, _ engine: Engine, from fewer: Int, to more: Int) -> RatioMean? {
    let judged = outcomes.filter { $0.workload.mode == mode }
    let ratios = judged.compactMap { outcome -> RatioMean.Ratio? in
      let problem = outcome.workload.problem
      guard outcome.threadCount == more,
        let alone = judged.first(where: { $0.workload.problem == problem && $0.threadCount == fewer }),
        let time = outcome.result(engine)?.measurement.minimum, let due = alone.result(engine)?.measurement.minimum
      else { return nil }
      return (due / time, problem.description)
    }
    return RatioMean("\(mode), \(engine), \(fewer) to \(Text.threads(more))", ratios, lessIsBetter: false)
  }
}
