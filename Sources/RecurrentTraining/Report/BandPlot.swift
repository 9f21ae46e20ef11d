internal import RecurrentPictures
internal import Recurrent

/// How many numbers are spread at each step: from the least to the greatest, the middle half of them, and their median.
struct BandPlot {
  let label: String
  /// The number of the first step.
  var firstStep = 0
  let xTitle: String
  let yTitle: String
  /// At each step natural logarithms, in any order.
  let logarithms: [[Double]]
  /// The class of its colour.
  let style: String
  var size = (width: 960.0, height: 260.0)

  var svg: String {
    var drawing = Drawing(width: size.width, height: size.height, label: label)
    let lines = [0, 0.25, 0.5, 0.75, 1].map { share in
      logarithms.map { Double._exp($0.quantile(share) ?? .nan) }
    }
    let axes = Axes(
      values: lines.flatMap { $0 }, first: firstStep, count: logarithms.count, size: size, xTitle: xTitle,
      yTitle: yTitle)
    axes.draw(in: &drawing)
    for (low, high, style) in [(lines[0], lines[4], "band"), (lines[1], lines[3], "band inner")] {
      drawing.path(outline(low, high, axes), "\(style) \(self.style)")
    }
    for run in axes.points(lines[2]) { drawing.path(run, "curve \(style)", title: "median") }
    name(lines, axes, &drawing)
    return drawing.svg
  }

  private func outline(_ low: [Double], _ high: [Double], _ axes: Axes) -> [(x: Double, y: Double)] {
    func points(_ line: [Double]) -> [(x: Double, y: Double)] {
      line.enumerated().map { step, value in
        (axes.x(Double(firstStep + step)), axes.y(value.isNaN ? axes.y.low : min(max(value, axes.y.low), axes.y.high)))
      }
    }
    return points(high) + points(low).reversed()
  }

  private func name(_ lines: [[Double]], _ axes: Axes, _ drawing: inout Drawing) {
    var floor = -Double.infinity
    for (index, name) in [(4, "largest"), (3, "upper quarter"), (2, "median"), (1, "lower quarter"), (0, "smallest")] {
      guard let last = lines[index].last, last >= axes.y.low else { continue }
      let y = max(axes.y(min(last, axes.y.high)) + 4, floor + 13)
      floor = y
      drawing.text(name, x: axes.x.end + 6, y: y, "name")
    }
  }
}
