internal import RecurrentPictures

/// Numbers step by step, on an axis where a factor is a distance.
struct CurvePlot {
  struct Curve {
    let name: String
    /// The class of its colour, and "dashed" where it is.
    let style: String
    /// One for each step from 0 on. Where there is none above 0 the line is broken.
    let values: [Double]
  }

  let label: String
  let xTitle: String
  let yTitle: String
  let curves: [Curve]
  var size = (width: 960.0, height: 360.0)

  var svg: String {
    var drawing = Drawing(width: size.width, height: size.height, label: label)
    let axes = Axes(
      values: curves.flatMap(\.values), first: 0, count: curves.map(\.values.count).max() ?? 0, size: size,
      xTitle: xTitle, yTitle: yTitle)
    axes.draw(in: &drawing)
    for curve in curves {
      for run in axes.points(curve.values) { drawing.path(run, "curve \(curve.style)", title: curve.name) }
    }
    nameEnds(axes, &drawing)
    return drawing.svg
  }

  /// Writes each name where its line ends, from the lowest up, and above those that it would meet.
  private func nameEnds(_ axes: Axes, _ drawing: inout Drawing) {
    let ends = curves.compactMap { curve in
      axes.points(curve.values).last?.last.map { (curve: curve, x: $0.x, y: $0.y) }
    }
    var taken: [(x: Double, y: Double)] = []
    for end in ends.sorted(by: { $0.y > $1.y }) {
      var y = min(end.y + 4, axes.y.start - 4)
      while taken.contains(where: { abs($0.x - end.x) < 70 && abs($0.y - y) < 13 }) { y -= 1 }
      taken.append((end.x, y))
      drawing.text(end.curve.name, x: end.x + 6, y: y, "name \(end.curve.style)")
    }
  }
}

/// Steps to the right, and upward numbers above 0 by their logarithm.
struct Axes {
  let x: LinearScale
  let y: LogScale
  private let first: Int
  private let xTitle: String
  private let yTitle: String

  /// Twelve powers of ten are shown at most: what lies further below is as good as nothing. What is so large or small that
  /// the ends of the axis would be beyond Double is left out.
  init(
    values: [Double], first: Int, count: Int, size: (width: Double, height: Double), xTitle: String, yTitle: String
  ) {
    let known = values.filter { (1e-300...1e300).contains($0) }
    let high = (known.max() ?? 1) * 1.6
    let low = max((known.min() ?? 0.1) / 1.6, high * 1e-12)
    x = LinearScale(Double(first), Double(first + max(count - 1, 1)), from: 64, to: size.width - 110)
    y = LogScale(low, high, from: size.height - 44, to: 10)
    self.first = first
    self.xTitle = xTitle
    self.yTitle = yTitle
  }

  func draw(in drawing: inout Drawing) {
    for tick in y.ticks {
      drawing.line((x.start, y(tick)), (x.end, y(tick)), tick == 1 ? "one" : "grid")
      drawing.text(Text.power(tick), x: x.start - 6, y: y(tick) + 4, "tick", anchor: .end)
    }
    for tick in x.ticks {
      drawing.line((x(tick), y.start), (x(tick), y.start + 4), "grid")
      drawing.text(Text.round(tick), x: x(tick), y: y.start + 17, "tick", anchor: .middle)
    }
    drawing.text(xTitle, x: (x.start + x.end) / 2, y: y.start + 36, "axis", anchor: .middle)
    drawing.text(yTitle, x: 14, y: (y.start + y.end) / 2, "axis", anchor: .middle, angle: -90)
  }

  /// The stretches of a line that are in the picture.
  func points(_ values: [Double]) -> [[(x: Double, y: Double)]] {
    var runs: [[(x: Double, y: Double)]] = [[]]
    for (step, value) in values.enumerated() {
      if value >= y.low * (1 - 1e-9) && value <= y.high {
        runs[runs.count - 1].append((x(Double(first + step)), y(value)))
      } else if !runs[runs.count - 1].isEmpty {
        runs.append([])
      }
    }
    // A single point is a short line.
    return runs.filter { !$0.isEmpty }.map { $0.count > 1 ? $0 : [$0[0], ($0[0].x + 2, $0[0].y)] }
  }
}
