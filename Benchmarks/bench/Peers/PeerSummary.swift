import Recurrent
import RecurrentVerification

/// How the fastest kind of engine stands against the peers over all problems: geometric means of ratios of shortest
/// times, above 1 where the engine is faster.
struct PeerSummary {
  /// A set of problems, and the peer that counts: the best one, or a particular one.
  private struct Question: Sendable {
    let title: String
    let peer: String?
    let includes: @Sendable (Workload) -> Bool
  }

  private static let questions = [
    Question(title: "all problems", peer: nil) { _ in true },
    Question(title: "H ≥ 64", peer: nil) { $0.problem.hiddenSize >= 64 },
    Question(title: "N ≤ 4, PyTorch alone", peer: "torch") { $0.problem.batchSize <= 4 },
    Question(title: "LSTM, not ragged", peer: nil) { $0.isPlainTraining && $0.problem.cell == .lstm },
    Question(title: "GRU and plain RNN, not ragged", peer: nil) { $0.isPlainTraining && $0.problem.cell != .lstm },
    Question(title: "ragged", peer: nil) { $0.mode == .training && $0.problem.options.contains(.ragged) },
  ]

  private let outcomes: [Outcome]

  init(_ outcomes: [Outcome]) { self.outcomes = outcomes }

  /// A mean for every mode and question that has an answer, of `fused` where it was run, or else of the others.
  var means: [RatioMean] {
    Mode.allCases.flatMap { mode in
      outcomes.judgedEngines.flatMap { engine in Self.questions.compactMap { mean(mode, engine, $0) } }
    }
  }

  private func mean(_ mode: Mode, _ engine: Engine, _ question: Question) -> RatioMean? {
    let ratios = outcomes.compactMap { outcome -> RatioMean.Ratio? in
      guard outcome.workload.mode == mode, question.includes(outcome.workload), let ours = outcome.result(engine)
      else { return nil }
      let rivals = question.peer.map { name in outcome.peers.filter { $0.peer.name == name } } ?? outcome.peers
      guard let best = rivals.map(\.measurement.minimum).min() else { return nil }
      return (best / ours.measurement.minimum, outcome.workload.problem.description)
    }
    return RatioMean("\(mode), \(engine), \(question.title)", ratios, lessIsBetter: false)
  }
}

extension Workload {
  fileprivate var isPlainTraining: Bool { mode == .training && !problem.options.contains(.ragged) }
}
