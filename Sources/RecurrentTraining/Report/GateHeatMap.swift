public import Recurrent
internal import RecurrentPictures

/// What the gates of one layer and direction did at each step of one sequence, as a picture: a column a step, and under
/// it the step's word, if it has one.
///
///     let map = GateHeatMap(lstm.gates(vectors)[0], labels: ["the", "cat", "sat"])
///     try Data(map.page.utf8).write(to: URL(fileURLWithPath: "gates.html"))
///
/// Each gate is a panel. Its rows are units, in the order of their means over the sequence, so that one sees at a glance
/// how many are open and which steps change that; where there are more than 48, neighbours are averaged. A gate is as
/// strong in colour as it is open; a candidate is one colour above 0 and the other below.
public struct GateHeatMap: Sendable {
  private let kinds: [GateKind]
  /// For each gate and step the numbers of its rows.
  private let panels: [[[Double]]]
  /// The words of the steps, or their numbers.
  private let labels: [StepLabel]
  private let hasWords: Bool
  private let title: String

  /// The picture of some of the gates of one sequence.
  ///
  /// - Parameters:
  ///   - record: the gates of a layer and direction.
  ///   - sequence: which of the N.
  ///   - labels: the words of its steps, in the order of time; their numbers where nil. As many as the sequence has steps.
  ///     Long ones are cut, and whole under the pointer.
  ///   - gates: the letters of the gates to show, as ["i", "f"]; all of them where nil.
  public init<Scalar: RecurrentScalar>(
    _ record: GateRecord<Scalar>, sequence: Int = 0, labels: [String]? = nil, gates: [String]? = nil
  ) {
    require(
      sequence >= 0 && sequence < record.lengths.count, "GateHeatMap: sequence \(sequence) of \(record.lengths.count)")
    let length = record.lengths[sequence]
    require(
      (labels?.count ?? length) == length, "GateHeatMap: \(labels?.count ?? 0) labels for a sequence of \(length) steps"
    )
    let shown = record.kinds.indices.filter { gates?.contains(record.kinds[$0].symbol) ?? true }
    kinds = shown.map { record.kinds[$0] }
    panels = shown.map { index in
      let values = record.gate(index).sequence(sequence, length: length).elements.map { Double($0) }
      return Self.panel(values, steps: length, units: record.hiddenSize)
    }
    self.labels = (labels ?? (0..<length).map(String.init)).map { StepLabel($0) }
    hasWords = labels != nil
    title = "Gates of \(record.place)"
  }

  /// The picture alone, as an SVG element whose colours are those of a page's style sheet.
  ///
  /// It is for a page of your own that has `styleRules` in it.
  public var svg: String {
    let layout = Layout(
      stepCount: labels.count, rowCounts: panels.map { $0.first?.count ?? 0 }, labels: labels, hasWords: hasWords)
    var drawing = Drawing(width: layout.width, height: layout.height, label: title)
    for (index, kind) in kinds.enumerated() {
      let top = layout.tops[index]
      drawing.text(kind.symbol, x: 0, y: top + 14, "gate")
      drawing.text(kind.name, x: 0, y: top + 30, "tick")
      let mean = mean(panels[index])
      drawing.text(
        "mean \(mean.isNaN ? "–" : Text.round((mean * 100).rounded() / 100))", x: 0, y: top + 45, "tick")
      draw(panels[index], kind, at: (Layout.left, top), layout, &drawing)
    }
    for (step, label) in labels.enumerated() where layout.labelled(step) {
      let x = Layout.left + (Double(step) + 0.5) * layout.column
      drawing.text(
        label.text, x: x + (layout.turnsLabels ? 4 : 0), y: layout.bottom + (layout.turnsLabels ? 8 : 14), "word",
        anchor: layout.turnsLabels ? .end : .middle, angle: layout.turnsLabels ? -52 : 0, title: label.title)
    }
    return drawing.svg
  }

  /// A whole page with the picture, complete in itself.
  public var page: String { page(title: title) }

  /// A whole page with the picture under a title of your own.
  public func page(title: String) -> String {
    Markup.page(title: title, style: .diagnosis, [Self.explanation, Markup.figure(svg)])
  }

  /// The style sheet that `svg` needs around it.
  public static var styleRules: String { StyleSheet.diagnosis.text }

  static let explanation = """
    <p>A column is a step, a row a unit (or the mean of some neighbours), in the order of their means. A gate is as strong \
    in colour as it is open, from 0 to 1; a candidate is <span class="up">one colour</span> above 0 and \
    <span class="down">the other</span> below.</p>
    """

  // MARK: - Numbers

  /// For each step the rows from the unit with the largest mean down.
  private static func panel(_ values: [Double], steps: Int, units: Int) -> [[Double]] {
    let means = (0..<units).map { unit in (0..<steps).reduce(0) { $0 + values[$1 * units + unit] } }
    let order = (0..<units).sorted { (means[$0], $1) > (means[$1], $0) }
    let rowCount = min(units, 48)
    return (0..<steps).map { step in
      (0..<rowCount).map { row in
        let group = order[row * units / rowCount..<(row + 1) * units / rowCount]
        return group.reduce(0) { $0 + values[step * units + $1] } / Double(group.count)
      }
    }
  }

  private func mean(_ panel: [[Double]]) -> Double {
    let all = panel.flatMap { $0 }
    return all.isEmpty ? 0 : all.reduce(0, +) / Double(all.count)
  }

  // MARK: - Drawing

  /// Tiles of about the same strength are one shape: sixteen strengths are as many as the eye tells apart.
  private func draw(
    _ panel: [[Double]], _ kind: GateKind, at corner: (x: Double, y: Double), _ layout: Layout, _ drawing: inout Drawing
  ) {
    let rows = panel.first?.count ?? 0
    let (width, height) = (layout.column, layout.row(rows))
    drawing.rectangle(
      x: corner.x, y: corner.y, width: width * Double(panel.count), height: height * Double(rows), "ground")
    let most = kind.range == .open ? max(1e-9, panel.joined().filter(\.isFinite).map(\.magnitude).max() ?? 1) : 1
    var tiles: [Int: [(x: Double, y: Double)]] = [:]
    for (step, values) in panel.enumerated() {
      for (row, value) in values.enumerated() where value.isFinite {
        let level = Int((min(max(value / most, -1), 1) * 16).rounded())
        tiles[level, default: []].append((corner.x + Double(step) * width, corner.y + Double(row) * height))
      }
    }
    for (level, corners) in tiles.sorted(by: { $0.key < $1.key }) where level != 0 {
      drawing.tiles(
        corners, width: width, height: height, level > 0 ? "tile up" : "tile down",
        opacity: Double(level.magnitude) / 16)
    }
  }

  /// Where panels and words are.
  private struct Layout {
    static let left = 120.0
    private static let gap = 14.0

    let width = 960.0
    let column: Double
    let tops: [Double]
    let bottom: Double
    let height: Double
    let turnsLabels: Bool
    private let every: Int

    init(stepCount: Int, rowCounts: [Int], labels: [StepLabel], hasWords: Bool) {
      let steps = Double(max(stepCount, 1))
      column = min(64, (width - Self.left - 4) / steps)
      let longest = Double(labels.map(\.width).max() ?? 0) * 6.6
      turnsLabels = hasWords && longest > column - 4
      // Words are turned where they are wider than their column. Where there is no room, some are left out.
      every = max(1, Int((turnsLabels ? 11 : longest + 6) / column + 0.999))
      var (y, tops) = (4.0, [Double]())
      for count in rowCounts {
        tops.append(y)
        y += Double(count) * Self.rowHeight(count) + Self.gap
      }
      self.tops = tops
      bottom = y - Self.gap
      height = bottom + 22 + (turnsLabels ? longest * 0.8 : 0)
    }

    func row(_ count: Int) -> Double { Self.rowHeight(count) }
    func labelled(_ step: Int) -> Bool { step.isMultiple(of: every) }

    private static func rowHeight(_ count: Int) -> Double { count == 0 ? 0 : min(14, max(2.5, 120 / Double(count))) }
  }
}
