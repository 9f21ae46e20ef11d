import Foundation
import Recurrent
import RecurrentPictures
import RecurrentVerification

/// Every problem and engine as a point under what the machine could do: GFLOP/s over the operations that a byte of
/// weights is good for.
struct RooflinePlot {
  private let setting: Setting
  private let outcomes: [Outcome]
  private let x: LogScale
  private let y: LogScale
  private var drawing: Drawing
  private var taken: [Box] = []

  private struct Point {
    let x, y: Double
    let series: Series
    let title: String
    /// What stands beside it, if there is room.
    let label: String?
  }

  private struct Box {
    let x, y, width, height: Double
    func overlaps(_ other: Box) -> Bool {
      x < other.x + other.width && other.x < x + width && y < other.y + other.height && other.y < y + height
    }
  }

  /// - Parameter outcomes: at least one, with a result.
  init(_ setting: Setting, _ outcomes: [Outcome]) {
    self.setting = setting
    self.outcomes = outcomes
    let intensities = outcomes.map(\.workload.intensity)
    let speeds = outcomes.flatMap { outcome in
      setting.picturedEngines.compactMap { outcome.result($0).map { outcome.gigaflops($0) } }
    }
    let peak = setting.roofs.map(\.peak).max()! * 1e-9
    let (width, height) = (960.0, 600.0)
    // To the left of the first point there is room for the names of the lines.
    x = LogScale(intensities.min()! / 5, max(intensities.max()! * 1.8, 8), from: 56, to: width - 16)
    y = LogScale(min(speeds.min()! / 1.5, peak / 30), peak * 1.5, from: height - 50, to: 12)
    drawing = Drawing(width: width, height: height, label: "Roofline: speed of every problem and engine")
  }

  /// The picture.
  mutating func svg() -> String {
    drawAxes()
    for roof in setting.roofs {
      draw(roof, style: roof.threadCount == 1 && setting.roofs.count > 1 ? "roof one" : "roof")
    }
    nameBandwidths()
    drawPoints()
    return drawing.svg
  }

  private mutating func drawAxes() {
    for tick in y.ticks {
      drawing.line((x.start, y(tick)), (x.end, y(tick)), "grid")
      drawing.text(Text.round(tick), x: x.start - 6, y: y(tick) + 4, "tick", anchor: .end)
    }
    for tick in x.ticks {
      drawing.line((x(tick), y.start), (x(tick), y.end), "grid")
      drawing.text(Text.round(tick), x: x(tick), y: y.start + 17, "tick", anchor: .middle)
    }
    drawing.text(
      "floating-point operations for each byte of weights that must be read", x: (x.start + x.end) / 2,
      y: y.start + 40, "axis", anchor: .middle)
    drawing.text("GFLOP/s", x: 14, y: (y.start + y.end) / 2, "axis", anchor: .middle, angle: -90)
  }

  // MARK: - The roof

  private mutating func draw(_ roof: MachineRoof, style: String) {
    let peak = roof.peak * 1e-9
    let levels = roof.levels(setting.machine)
    for level in levels {
      let ridge = roof.peak / level.bytesPerSecond
      let first = max(x.low, y.low / (level.bytesPerSecond * 1e-9))
      guard first < min(ridge, x.high) else { continue }
      let last = min(ridge, x.high)
      drawing.line(
        (x(first), y(first * level.bytesPerSecond * 1e-9)), (x(last), y(last * level.bytesPerSecond * 1e-9)), style)
    }
    let ridge = levels.map { roof.peak / $0.bytesPerSecond }.min() ?? x.low
    drawing.line((x(min(max(ridge, x.low), x.high)), y(peak)), (x.end, y(peak)), style)
    let text = "\(Text.three(peak)) GFLOP/s, \(Text.threads(roof.threadCount))"
    place(text, x: x.end - 4, y: y(peak) - 6, "roofname", anchor: .end)
  }

  /// Writes along each slanted line what it is: above it where there is room up to the next line, or else below.
  private mutating func nameBandwidths() {
    let lines = setting.roofs.flatMap { roof in roof.levels(setting.machine).map { (roof.threadCount, $0) } }
      .sorted { $0.1.bytesPerSecond > $1.1.bytesPerSecond }
    let perFactor = ((x.end - x.start) / log(x.high / x.low), (y.end - y.start) / log(y.high / y.low))
    let angle = atan2(perFactor.1, perFactor.0) * 180 / .pi
    var above = -Double.infinity
    for (threads, level) in lines {
      let speed = level.bytesPerSecond * 1e-9
      let isAbove = y(x.low * speed) - above > 26
      // Below the line above, names start a little later, so that they clear those above the line below.
      let start = max(x.low * 1.05, y.low * 1.1 / speed) * (isAbove ? 1 : 1.12)
      let (sine, cosine) = (sin(angle * .pi / 180), cos(angle * .pi / 180))
      let distance = isAbove ? -5.0 : 13.0
      drawing.text(
        "\(level.name) \(Text.three(speed)) GB/s, \(Text.threads(threads))", x: x(start) - distance * sine,
        y: y(start * speed) + distance * cosine, "roofname", angle: angle)
      above = y(x.low * speed)
    }
  }

  // MARK: - The points

  private mutating func drawPoints() {
    let points = points()
    for point in points { taken.append(Box(x: point.x - 6, y: point.y - 6, width: 12, height: 12)) }
    for point in points { drawing.marker(point.series, x: point.x, y: point.y, title: point.title) }
    var named: Set<String> = []
    for point in points.reversed() {
      guard let label = point.label, !named.contains(label) else { continue }
      let right = place(label, x: point.x + 9, y: point.y + 4, "name", anchor: .start)
      if right || place(label, x: point.x - 9, y: point.y + 4, "name", anchor: .end)
        || place(label, x: point.x, y: point.y - 10, "name", anchor: .middle)
        || place(label, x: point.x, y: point.y + 18, "name", anchor: .middle)
      {
        named.insert(label)
      }
    }
  }

  /// The slowest engines first, so that the fastest lie on top.
  private func points() -> [Point] {
    let points = outcomes.flatMap { outcome in
      setting.picturedEngines.compactMap { outcome.result($0) }.map { result in
        let workload = outcome.workload
        let speed = outcome.gigaflops(result)
        let title =
          "\(workload.problem) \(workload.mode), \(result.name) on \(Text.threads(result.threadCount)): "
          + "\(Text.three(speed)) GFLOP/s, \(Text.time(result.measurement.minimum)), "
          + "\(Text.percent(outcome.roofShare(result))) of the roof"
        let isFastest = result.name == outcome.fastest?.name
        return Point(
          x: x(workload.intensity), y: y(speed), series: Series(result.engine), title: title,
          label: isFastest ? workload.shortName : nil)
      }
    }
    let order = setting.series.map(\.name)
    return points.sorted { order.firstIndex(of: $0.series.name)! < order.firstIndex(of: $1.series.name)! }
  }

  /// Writes a text where nothing else is, or says that there is no room.
  @discardableResult
  private mutating func place(_ text: String, x: Double, y: Double, _ style: String, anchor: Drawing.Anchor) -> Bool {
    let width = 6.2 * Double(text.count)
    let left = anchor == .start ? x : anchor == .end ? x - width : x - width / 2
    let box = Box(x: left - 2, y: y - 11, width: width + 4, height: 14)
    guard left > self.x.start, left + width < self.x.end + 8, y < self.y.start, !taken.contains(where: box.overlaps)
    else { return false }
    taken.append(box)
    drawing.text(text, x: x, y: y, style, anchor: anchor)
    return true
  }
}

extension MachineRoof {
  /// Where weights may come from, and how fast.
  func levels(_ machine: Machine) -> [(name: String, bytesPerSecond: Double)] {
    var levels: [(String, Double)] = []
    let second = machine.cacheBytes[2].map { $0 * threadCount }
    // Half of a cache holds the weights, whatever else is in it.
    if let second { levels.append(("L2", bandwidth(footprint: Double(second / 2)))) }
    if let third = machine.cacheBytes[3], third > second ?? 0 {
      levels.append(("L3", bandwidth(footprint: Double(third / 2))))
    }
    if let last = bandwidths.last {
      let isMemory = last.footprint > 2 * (machine.cacheBytes[3] ?? .max / 2)
      levels.append((isMemory ? "memory" : Text.bytes(last.footprint), last.bytesPerSecond))
    }
    if second == nil, let first = bandwidths.first {
      levels.insert((Text.bytes(first.footprint), first.bytesPerSecond), at: 0)
    }
    return levels
  }
}

extension Workload {
  /// Operations for each byte of weights that one call must read.
  var intensity: Double { floatingPointOperations / weightBytesRead }

  /// What tells a point's place from that of others: "N16 H512".
  var shortName: String {
    let text = problem.description
    let cell = text.prefix { $0 != ":" }
    let layers = problem.layerCount > 1 ? " L\(problem.layerCount)" : ""
    return (cell == "lstm" ? "" : "\(cell) ") + "N\(problem.batchSize) H\(problem.hiddenSize)" + layers
      + (problem.isBidirectional ? " bi" : "") + (mode == .step ? " step" : mode == .training ? " training" : "")
  }
}
