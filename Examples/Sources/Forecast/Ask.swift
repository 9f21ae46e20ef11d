import ArgumentParser
import ExampleKit
import Foundation

/// Forecasts the day after any hour that is asked for.
struct Ask: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Forecasts the 24 hours that begin with each hour of input, such as: OT 2018-02-13 06:00")

  @Argument(help: "The file that `train --save` wrote.")
  var model: String
  @Option(help: "The folder with the data; the small sample that comes with the program where nothing is said.")
  var data: String?

  func run() throws {
    let saved = try SavedModel(contentsOf: model)
    let measured = try Measurements(folder: data ?? sampleFolder("forecast"))
    guard measured.names == saved.names else {
      throw MeasurementsError(description: "the data has \(measured.names), the model knows \(saved.names)")
    }
    answerLines(prompt: "Quantity and hour:") { saved.answer($0, measured) }
  }
}

extension SavedModel {
  /// A table of the day that is asked for: what is forecast, what was the day before, and what came.
  fileprivate func answer(_ line: String, _ measured: Measurements) -> String {
    let words = line.split(separator: " ", maxSplits: 1)
    guard words.count == 2, let quantity = names.firstIndex(of: String(words[0])) else {
      return "a quantity (\(names.joined(separator: ", "))) and an hour, such as \(measured.times[24 * days])"
    }
    guard let start = measured.times.firstIndex(where: { $0.hasPrefix(words[1]) }), start >= 24 * days
    else {
      return "an hour from \(measured.times[24 * days]) to \(measured.times[measured.times.count - 1])"
    }
    let batch = DayBatch([(scale(measured.values)[quantity], start)], days: days)
    let day = model(batch.past)
    let values = measured.values[quantity]
    let rows = (0..<24).map { hour in
      let forecast = scale.inverse(day[0, hour] + batch.levels[0], of: quantity)
      let came = start + hour < values.count ? column(values[start + hour]) : "?"
      return String(format: "%4d h", hour) + column(forecast) + column(values[start + hour - 24]) + came
    }
    return "\(names[quantity]) from \(measured.times[start]) on:\n        forecast  day before   what came\n"
      + rows.joined(separator: "\n")
  }
}

private func column(_ number: Float) -> String { String(format: "%12.2f", Double(number)) }
