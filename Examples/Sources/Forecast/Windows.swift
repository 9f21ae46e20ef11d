import Recurrent
import RecurrentTraining

/// Days that can be forecast, of every quantity, each with the days before it.
struct Windows {
  /// What may be asked for as days before.
  static let possibleDays = 3...1000

  /// By quantity and hour, scaled.
  let values: [[Float]]
  /// Days before.
  let days: Int
  /// The hours at which a day may begin.
  let starts: Range<Int>

  /// A window for each quantity and start.
  var count: Int { values.count * starts.count }

  /// Some windows, by their numbers.
  func batch(_ numbers: [Int]) -> DayBatch {
    DayBatch(numbers.map { (values[$0 / starts.count], starts.lowerBound + $0 % starts.count) }, days: days)
  }

  /// The mean squared error, over all windows, of a way to forecast: it is given a batch and says the next days, [N, 24].
  func error(of forecast: (DayBatch) -> Tensor<Float>) -> Double {
    var sum = 0.0
    for first in stride(from: 0, to: count, by: 1024) {
      let batch = batch(Array(first..<min(first + 1024, count)))
      let loss = meanSquaredError(forecast(batch), batch.future)
      sum += loss.value * Double(loss.count)
    }
    return sum / Double(24 * count)
  }
}

extension Measurements {
  /// The days that lie within `hours`; the days before them may lie before.
  func windows(_ values: [[Float]], days: Int, within hours: Range<Int>) throws -> Windows {
    let first = max(hours.lowerBound, 24 * days)
    guard first + 24 <= hours.upperBound else {
      throw MeasurementsError(
        description: "the hours \(hours) of the data are too few for a day after \(days) others")
    }
    return Windows(values: values, days: days, starts: first..<hours.upperBound - 23)
  }
}
