import Foundation
import RecurrentPictures
import RecurrentVerification

/// How the times of a step are spread: for each problem and each who was timed, a small histogram on one axis of time.
struct LatencyPlot {
  private let setting: Setting
  private let outcomes: [Outcome]
  private let scale: LogScale

  private static let width = 960.0
  private static let labelWidth = 270.0
  private static let numberWidth = 62.0
  private static let rowHeight = 22.0
  private static let groupGap = 12.0
  private static let head = 34.0
  /// Pixels of a histogram's column.
  private static let column = 2.0

  /// - Parameter outcomes: those of steps, at least one with a result.
  init(_ setting: Setting, _ outcomes: [Outcome]) {
    self.setting = setting
    self.outcomes = outcomes
    let all = outcomes.flatMap { outcome in setting.pictured.compactMap { $0.result(outcome)?.measurement } }
    scale = LogScale(
      all.map(\.minimum).min()! / 1.15, all.map { $0.time(percentile: 99.5) }.max()! * 1.15,
      from: Self.labelWidth + 8, to: Self.width - 3 * Self.numberWidth - 10)
  }

  func svg() -> String {
    let groups = outcomes.map { outcome in
      (outcome, setting.pictured.compactMap { one in one.result(outcome).map { (one, $0) } })
    }
    let height = groups.reduce(Self.head) { $0 + Double($1.1.count) * Self.rowHeight + Self.groupGap }
    var drawing = Drawing(width: Self.width, height: height, label: "Latency of a step")
    for tick in scale.ticks {
      drawing.line((scale(tick), Self.head - 12), (scale(tick), height - 4), "grid")
      drawing.text(Text.time(tick, number: Text.round), x: scale(tick), y: Self.head - 17, "tick", anchor: .middle)
    }
    for (index, name) in ["min", "median", "p99"].enumerated() {
      drawing.text(name, x: numberX(index), y: Self.head - 17, "tick", anchor: .end)
    }
    var y = Self.head
    for (outcome, results) in groups {
      drawing.text(
        "\(outcome.workload.problem)", x: 0, y: y + Self.rowHeight - 7, "problem")
      for (series, result) in results {
        draw(series, result.measurement, y: y, &drawing)
        y += Self.rowHeight
      }
      y += Self.groupGap
    }
    return drawing.svg
  }

  private func numberX(_ index: Int) -> Double { Self.width - Double(2 - index) * Self.numberWidth - 2 }

  private func draw(_ series: Series, _ measurement: Measurement, y: Double, _ drawing: inout Drawing) {
    let base = y + Self.rowHeight - 4
    drawing.text(series.title, x: Self.labelWidth, y: base - 3, "value", anchor: .end)
    let (median, p99) = (measurement.median, measurement.time(percentile: 99))
    for (index, time) in [measurement.minimum, median, p99].enumerated() {
      drawing.text(Text.time(time), x: numberX(index), y: base - 3, index == 1 ? "value strong" : "value", anchor: .end)
    }
    drawing.line((scale(measurement.minimum), base), (scale(p99), base), "range \(series.style)")
    drawing.path(outline(measurement, base: base), "area \(series.style)", title: series.title)
    drawing.line((scale(median), base - Self.rowHeight + 6), (scale(median), base + 2), "median")
    drawing.line((scale(p99), base - 5), (scale(p99), base + 2), "median")
  }

  /// The histogram over the axis: a column is as high as the share of its samples, against that of the fullest column.
  private func outline(_ measurement: Measurement, base: Double) -> [(x: Double, y: Double)] {
    let first = (scale(measurement.minimum) / Self.column).rounded(.down) * Self.column
    let last = min(scale(measurement.time(percentile: 99.5)), scale.end)
    let starts = Array(stride(from: first, through: max(first, last), by: Self.column))
    let counts = starts.map { start in
      Double(measurement.sampleCount(from: scale.value(at: start), to: scale.value(at: start + Self.column)))
    }
    let most = max(1, counts.max() ?? 1)
    var points = [(x: first, y: base)]
    for (start, count) in zip(starts, counts) {
      let y = base - (Self.rowHeight - 7) * count / most
      points += [(start, y), (start + Self.column, y)]
    }
    return points + [(starts[starts.count - 1] + Self.column, base)]
  }
}
