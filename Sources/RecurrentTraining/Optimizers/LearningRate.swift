#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif
internal import Recurrent

/// How the length of a step changes while training goes on.
///
///     let schedule = LearningRate.cosine(from: 1e-3, to: 1e-5, steps: 10_000).warmedUp(over: 500)
///     optimizer.learningRate = schedule.rate(atStep: step)
///
/// A function of the number of the step alone, so that there is no state to keep.
public indirect enum LearningRate: Sendable, Equatable {
  /// The same rate γ at every step.
  case constant(Double)
  /// γ·factor^⌊step/every⌋.
  case step(from: Double, factor: Double, every: Int)
  /// γ·factor^(step/every), without the jumps of `step`.
  case exponential(from: Double, factor: Double, every: Int)
  /// From γ to `end` in a straight line of `steps` steps, then `end`.
  case linear(from: Double, to: Double, steps: Int)
  /// end + (γ − end)·(1 + cos(π·step/steps))/2, then `end` (Loshchilov & Hutter, "SGDR: stochastic gradient descent with
  /// warm restarts", 2017, without the restarts).
  case cosine(from: Double, to: Double, steps: Int)
  /// The first `steps` steps grow in a straight line, (step + 1)/steps of the rate that `then` begins with; `then`
  /// counts from where they end.
  case warmup(steps: Int, then: LearningRate)

  /// The same schedule after `steps` steps of growing rates.
  public func warmedUp(over steps: Int) -> LearningRate { .warmup(steps: steps, then: self) }

  /// The rate of a step, counted from 0.
  public func rate(atStep step: Int) -> Double {
    require(step >= 0, "rate: step \(step)")
    switch self {
    case .constant(let rate): return rate
    case .step(let rate, let factor, let every): return rate * pow(factor, Double(step / positive(every)))
    case .exponential(let rate, let factor, let every):
      return rate * pow(factor, Double(step) / Double(positive(every)))
    case .linear(let start, let end, let steps): return start + (end - start) * share(of: step, in: steps)
    case .cosine(let start, let end, let steps):
      return end + (start - end) * (1 + cos(.pi * share(of: step, in: steps))) / 2
    case .warmup(let steps, let then):
      guard step < steps else { return then.rate(atStep: step - steps) }
      return then.rate(atStep: 0) * Double(step + 1) / Double(steps)
    }
  }

  private func positive(_ steps: Int) -> Int {
    require(steps > 0, "rate: a period of \(steps) steps")
    return steps
  }

  private func share(of step: Int, in steps: Int) -> Double { min(1, Double(step) / Double(positive(steps))) }
}
