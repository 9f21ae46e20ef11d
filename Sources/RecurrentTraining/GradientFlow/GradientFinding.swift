internal import Recurrent
internal import RecurrentPictures

/// What becomes of gradients on their way back through a layer, and why: in words.
///
/// It goes by the curve of the state gradients' medians over the distance, of a loss that looks at the end alone; over the
/// sequences that are at least as long as most, as far as all of them go back.
public struct GradientFinding: Sendable, Equatable, CustomStringConvertible {
  /// What becomes of gradients.
  public enum Fate: Sendable, Equatable {
    /// They have grown more than tenfold, and grow on: at their rate they would double at the least over the whole way.
    case exploding
    /// From so many steps on less than a hundredth of them is left.
    case vanishing(steps: Int)
    /// Neither, as far as the sequences go.
    case healthy
    /// They are NaN, and so is, or infinite, what goes into the layer there.
    case notANumber(Origin)
  }

  /// What becomes of them.
  public let fate: Fate
  /// The natural logarithm of what they grow by in a step, over the farther half of the way; −∞ where nothing arrives,
  /// NaN where no number does.
  public let rate: Double
  /// The steps over which the curve goes.
  public let distance: Int
  /// Why: a sentence without its full stop.
  public let reason: String

  /// The fate and rate of a curve of norms over the distance.
  ///
  /// - Parameters:
  ///   - origin: where NaN or ∞ comes into the layer, if it does.
  ///   - reason: why, of a fate.
  init(_ medians: [Double], origin: Origin? = nil, reason: (Fate) -> String) {
    let first = medians.first ?? 0
    rate = Self.rate(medians)
    distance = max(0, medians.count - 1)
    let most = medians.max { $1.isNaN || $0 < $1 } ?? 0
    if let origin, medians.contains(where: \.isNaN) {
      fate = .notANumber(origin)
    } else if !(most < .infinity) || most > 10 * first && rate * Double(distance) > Double._log(2) {
      fate = .exploding
    } else if first == 0 && medians.count > 1 {
      fate = .vanishing(steps: 0)
    } else if let last = medians.lastIndex(where: { $0 >= first / 100 }), last + 1 < medians.count {
      fate = .vanishing(steps: last + 1)
    } else {
      fate = .healthy
    }
    self.reason = reason(fate)
  }

  private static func rate(_ medians: [Double]) -> Double {
    guard medians.count > 1 else { return 0 }
    let middle = medians.count / 2
    guard medians[medians.count - 1] != 0 else { return -.infinity }
    let growth = Double._log(medians[medians.count - 1]) - Double._log(medians[middle - 1])
    return growth / Double(medians.count - middle)
  }

  /// "Gradients vanish after about 12 steps: …".
  public var description: String { "\(summary): \(reason)." }

  /// What becomes of gradients, without the reason.
  public var summary: String {
    switch fate {
    case .exploding where rate > 0 && rate < .infinity:
      "Gradients explode: they double every \(steps(Double._log(2) / rate)) on their way back"
    case .exploding: "Gradients explode: they leave the range of the numbers"
    case .vanishing(steps: 0): "No gradient arrives here at all"
    case .vanishing(let steps): "Gradients vanish: after \(self.steps(Double(steps))) less than a hundredth is left"
    case .healthy where rate < -1e-3:
      "Gradients are healthy over the \(steps(Double(distance))) seen; at their rate they halve every "
        + steps(Double._log(2) / -rate)
    case .healthy: "Gradients are healthy over the \(steps(Double(distance))) seen"
    case .notANumber: "Gradients are not numbers"
    }
  }

  private func steps(_ count: Double) -> String { "\(Text.count(count)) \(count == 1 ? "step" : "steps")" }
}

/// What in a layer and direction decides over the fate of gradients.
struct GradientCauses {
  let place: LayerPlace
  let gates: [GateStatistics]
  let spectralRadius: Double
  let exponent: Double

  /// A reason for a fate.
  func reason(_ fate: GradientFinding.Fate) -> String {
    if case .notANumber(let origin) = fate { return unknown(origin) }
    let growth = "the leading Lyapunov exponent is " + (exponent.isNaN ? "not known" : "\(signed(exponent)) a step")
    if let gate = gates.first(where: { $0.kind.keepsState }), let times = gate.timeConstants {
      return gated(fate, gate, times) + "; \(growth)"
    }
    return plain(fate) + "; \(growth)"
  }

  private func gated(_ fate: GradientFinding.Fate, _ gate: GateStatistics, _ times: [Double]) -> String {
    let (median, longest) = (times.median ?? 0, times.max() ?? 0)
    let constant = "the \(gate.kind.name) \(gate.kind.symbol) has a time constant of"
    let slowest = "in half of the units, and of \(time(longest)) in the slowest"
    switch fate {
    case .exploding:
      return "by way of h more comes back than the gates let go, with a spectral radius of "
        + "\(Text.three(spectralRadius)) of the candidate’s recurrent weights; \(constant) \(time(median)) \(slowest)"
    case .vanishing: return "\(constant) \(time(median)) or less \(slowest)"
    case .healthy, .notANumber: return "\(constant) \(time(median)) or more \(slowest)"
    }
  }

  private func plain(_ fate: GradientFinding.Fate) -> String {
    let radius = "the recurrent weights have a spectral radius of \(Text.three(spectralRadius))"
    let saturated = gates.first.map { $0.lowShare + $0.highShare } ?? 0
    guard gates.first?.kind.range != .open else { return radius }
    let part = saturated.isNaN ? "a share that is not known" : Text.percent(saturated)
    let share = "\(part) of h is saturated, where its activation has hardly a slope"
    switch fate {
    case .vanishing where spectralRadius >= 1: return "\(share), though \(radius)"
    default: return "\(radius), and \(share)"
    }
  }

  private func unknown(_ origin: GradientFinding.Origin) -> String {
    let below = origin == .input && place.layer > 0 ? ", which comes from the layer below" : ""
    return "there is NaN or ∞ in its \(origin.rawValue)\(below)"
  }

  private func time(_ steps: Double) -> String {
    if steps.isNaN { return "no known number of steps" }
    return steps.isFinite ? "\(Text.three(steps)) steps" : "no end"
  }
  private func signed(_ value: Double) -> String {
    (value > 0 ? "+" : value < 0 ? "−" : "") + (value.isInfinite ? "∞" : Text.three(value.magnitude))
  }
}
