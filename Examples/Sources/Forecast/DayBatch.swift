import Recurrent

/// Days to be forecast, and the days before each, less the mean of the last of them: so a model learns how days follow one
/// another, wherever the level of the year is.
struct DayBatch {
  /// [days, N, 24]: the days before, the last one last.
  let past: Tensor<Float>
  /// [N, 24]; zeros where the series ends.
  let future: Tensor<Float>
  /// What was taken off.
  let levels: [Float]

  /// The days that begin at some hours of some series.
  init(_ places: [(series: [Float], start: Int)], days: Int) {
    var past = Tensor<Float>(shape: [days, places.count, 24])
    var future = Tensor<Float>(shape: [places.count, 24])
    var before = past.mutableSpan
    var after = future.mutableSpan
    levels = places.map { series, start in series[start - 24..<start].reduce(0, +) / 24 }
    for (row, (series, start)) in places.enumerated() {
      for day in 0..<days {
        let (source, target) = (start + 24 * (day - days), (day * places.count + row) * 24)
        for hour in 0..<24 { before[target + hour] = series[source + hour] - levels[row] }
      }
      for hour in 0..<min(24, series.count - start) { after[row * 24 + hour] = series[start + hour] - levels[row] }
    }
    (self.past, self.future) = (past, future)
  }

  /// The mean of the last so many days, hour by hour; of one day, the seasonal-naive forecast: tomorrow is like today.
  func mean(ofLast count: Int) -> Tensor<Float> {
    let (days, width) = (past.shape[0], future.count)
    var mean = Tensor<Float>(shape: future.shape)
    var numbers = mean.mutableSpan
    for day in days - count..<days {
      for index in 0..<width { numbers[index] += past.span[day * width + index] / Float(count) }
    }
    return mean
  }
}
