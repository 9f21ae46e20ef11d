import Foundation
import Recurrent
import RecurrentVerification

/// How the fastest kind of engine stands against the peers over all problems: geometric means of ratios of shortest
/// times, above 1 where the engine is faster.
struct PeerSummary {
  /// One mean.
  struct Mean {
    let mode: Mode
    let engine: Engine
    /// Which problems, and which peers.
    let title: String
    let ratio: Double
    let count: Int
    /// The least of the ratios, and where it was.
    let least: Double
    let leastProblem: String
  }

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
  ]

  private var outcomes: [Outcome] = []

  mutating func add(_ outcome: Outcome) { outcomes.append(outcome) }

  /// A mean for every mode and question that has an answer, of `fused` where it was run, or else of the others.
  var means: [Mean] {
    let present = Engine.allCases.filter { engine in outcomes.contains { $0.result(engine) != nil } }
    let engines = present.contains(.fused) ? [.fused] : present
    return Mode.allCases.flatMap { mode in
      engines.flatMap { engine in Self.questions.compactMap { mean(mode, engine, $0) } }
    }
  }

  /// The means as lines of text.
  var lines: [String] {
    means.map { mean in
      "\(mean.mode), \(mean.engine), \(mean.title)".padded(-42) + "\(Text.three(mean.ratio))×".padded(7)
        + "\(mean.count) problem\(mean.count == 1 ? " " : "s")".padded(14)
        + "   least \(Text.three(mean.least))× in \(mean.leastProblem)"
    }
  }

  private func mean(_ mode: Mode, _ engine: Engine, _ question: Question) -> Mean? {
    let ratios = outcomes.compactMap { outcome -> (ratio: Double, problem: String)? in
      guard outcome.workload.mode == mode, question.includes(outcome.workload), let ours = outcome.result(engine)
      else { return nil }
      let rivals = question.peer.map { name in outcome.peers.filter { $0.peer.name == name } } ?? outcome.peers
      guard let best = rivals.map(\.measurement.minimum).min() else { return nil }
      return (best / ours.measurement.minimum, outcome.workload.problem.description)
    }
    guard let least = ratios.min(by: { $0.ratio < $1.ratio }) else { return nil }
    return Mean(
      mode: mode, engine: engine, title: question.title,
      ratio: exp(ratios.reduce(0) { $0 + log($1.ratio) } / Double(ratios.count)), count: ratios.count,
      least: least.ratio, leastProblem: least.problem)
  }
}
