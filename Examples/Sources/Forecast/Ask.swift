import ArgumentParser
import ExampleKit
import Foundation

/// Forecasts the day after any hour that is asked for.
struct Ask: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Forecasts the 24 hours that begin with each hour of input.",
    discussion: """
      A line is a quantity and an hour, such as: OT 2018-02-13 06:00. In place of the hour, "next" stands for the one \
      after the last that was measured.
      """)

  @Argument(help: "The file that `train --save` wrote.")
  var model: String
  @Option(help: "The folder with the data; the small sample that comes with the program where nothing is said.")
  var data: String?

  func run() throws {
    let saved = try SavedModel(contentsOf: model)
    let measured = try Measurements(folder: data ?? sampleFolder("forecast"))
    try measured.requireNames(saved.names)
    guard measured.times.count >= 24 * saved.days else {
      throw MeasurementsError(
        description: "the model looks back on \(24 * saved.days) hours; the data has \(measured.times.count)")
    }
    let oracle = Oracle(saved: saved, measured: measured)
    answerLines(prompt: "Quantity and hour:", oracle.answer)
  }
}

/// A model, and the measurements that it is asked about.
private struct Oracle {
  let saved: SavedModel
  let measured: Measurements
  /// By quantity and hour.
  let scaled: [[Float]]

  init(saved: SavedModel, measured: Measurements) {
    (self.saved, self.measured) = (saved, measured)
    scaled = saved.scale(measured.values)
  }

  /// A table of the day that is asked for, or what to ask for.
  func answer(_ line: String) -> String {
    let names = saved.names.filter { line.hasPrefix($0 + " ") }
    guard let name = names.max(by: { $0.count < $1.count }), let quantity = saved.names.firstIndex(of: name) else {
      return "a quantity (\(saved.names.joined(separator: ", "))) and an hour, such as: \(saved.names[0]) next"
    }
    let hour = line.dropFirst(name.count).drop { $0 == " " }
    guard !hour.isEmpty, let start = start(hour) else {
      let hours = measured.times.dropFirst(24 * saved.days)
      guard let first = hours.first, let last = hours.last else { return "next, since there are no earlier days" }
      return "an hour from \(first) to \(last), or next"
    }
    return table(quantity, start)
  }

  /// The number of the hour that begins so, where there is enough before it to look back on.
  private func start(_ hour: Substring) -> Int? {
    if hour == "next" { return measured.times.count }
    return measured.times.firstIndex { $0.hasPrefix(hour) }.flatMap { $0 >= 24 * saved.days ? $0 : nil }
  }

  /// What is forecast, what was the day before, and what came.
  private func table(_ quantity: Int, _ start: Int) -> String {
    let batch = DayBatch([(scaled[quantity], start)], days: saved.days)
    let day = saved.model(batch.past)
    let values = measured.values[quantity]
    let rows = (0..<24).map { hour in
      let forecast = saved.scale.inverse(day[0, hour] + batch.levels[0], of: quantity)
      let came = start + hour < values.count ? column(values[start + hour]) : "           ?"
      return String(format: "%4d h", hour) + column(forecast) + column(values[start + hour - 24]) + came
    }
    let times = measured.times
    let beginning = start < times.count ? "from \(times[start]) on" : "after \(times[start - 1])"
    return "\(saved.names[quantity]) \(beginning):\n          forecast  day before   what came\n"
      + rows.joined(separator: "\n")
  }
}

private func column(_ number: Float) -> String { String(format: "%12.2f", Double(number)) }
