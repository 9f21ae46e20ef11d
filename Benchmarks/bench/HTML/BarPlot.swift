import Foundation
import RecurrentPictures
import RecurrentVerification

/// How many times faster than a common measure each engine and peer is, as bars from 1 to the right or to the left.
struct BarPlot {
  /// Whose time is 1×.
  enum Baseline {
    case bestPeer
    case engine(Series)

    var explanation: String {
      switch self {
      case .bestPeer: "the shortest time of the best peer"
      case .engine(let series): "the shortest time of \(series.title)"
      }
    }

    func time(_ outcome: Outcome) -> Double? {
      switch self {
      case .bestPeer: outcome.bestPeer?.measurement.minimum
      case .engine(let series): series.result(outcome)?.measurement.minimum
      }
    }
  }

  private let series: [Series]
  private let baseline: Baseline
  private let scale: LogScale

  private static let width = 960.0
  private static let labelWidth = 216.0
  private static let barHeight = 13.0
  private static let groupGap = 14.0

  /// A plot for all of `outcomes`, or nil where there is nothing to compare.
  init?(_ setting: Setting, _ outcomes: [Outcome]) {
    let series = setting.pictured
    self.series = series
    if !setting.peers.isEmpty {
      baseline = .bestPeer
    } else if let first = series.first(where: { one in outcomes.allSatisfy { one.result($0) != nil } }),
      series.count > 1
    {
      baseline = .engine(first)
    } else {
      return nil
    }
    let baseline = self.baseline
    let ratios = outcomes.flatMap { outcome in
      baseline.time(outcome).map { time in
        series.compactMap { $0.result(outcome).map { time / $0.measurement.minimum } }
      } ?? []
    }
    guard let least = ratios.min(), let most = ratios.max() else { return nil }
    // Beside the longest bars there is room for their numbers.
    scale = LogScale(min(least, 0.7), max(most, 1.5), from: Self.labelWidth + 104, to: Self.width - 104)
  }

  var explanation: String { baseline.explanation }

  /// The bars of some of the outcomes.
  func svg(_ outcomes: [Outcome], heading: String) -> String {
    let groups = outcomes.map { outcome in
      (outcome, series.compactMap { one in one.result(outcome).map { (one, $0) } })
    }
    let axis = 22.0
    let height = groups.reduce(axis) { $0 + Double($1.1.count) * Self.barHeight + Self.groupGap }
    var drawing = Drawing(width: Self.width, height: height, label: "Speed, \(heading)")
    for tick in scale.ticks {
      drawing.line((scale(tick), axis - 4), (scale(tick), height - 6), "grid")
      drawing.text("\(Text.round(tick))×", x: scale(tick), y: axis - 9, "tick", anchor: .middle)
    }
    var y = axis + Self.groupGap / 2 - 4
    for (outcome, results) in groups {
      let middle = y + Double(results.count) * Self.barHeight / 2
      drawing.text("\(outcome.workload.problem)", x: 0, y: middle + 4, "problem")
      for (series, result) in results {
        draw(series, result, outcome, y: y, &drawing)
        y += Self.barHeight
      }
      y += Self.groupGap
    }
    drawing.line((scale(1), axis - 4), (scale(1), height - 6), "one")
    return drawing.svg
  }

  private func draw(
    _ series: Series, _ result: any TimedResult, _ outcome: Outcome, y: Double, _ drawing: inout Drawing
  ) {
    let time = result.measurement.minimum
    let textY = y + Self.barHeight - 3
    guard let base = baseline.time(outcome) else {
      return drawing.text("\(series.title) \(Text.time(time))", x: scale(1) + 5, y: textY, "value")
    }
    let ratio = base / time
    let title = "\(outcome.workload.problem) \(outcome.workload.mode), \(series.title): \(Text.time(time))"
    let start = min(scale(1), scale(ratio))
    let end = max(scale(1), scale(ratio), start + 3)  // a ratio of 1 is to be seen, too
    drawing.rectangle(
      x: start, y: y + 0.5, width: end - start, height: Self.barHeight - 1.5, series.style, title: title)
    let text = "\(Text.three(ratio))×\u{2002}\(Text.time(time))"
    if ratio >= 1 {
      drawing.text(text, x: end + 5, y: textY, "value")
    } else {
      drawing.text(text, x: start - 5, y: textY, "value", anchor: .end)
    }
  }
}
