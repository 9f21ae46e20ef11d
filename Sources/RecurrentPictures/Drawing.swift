/// A picture in SVG, made of shapes whose looks the page's style sheet knows by class.
package struct Drawing {
  /// Where a text stands to its point.
  package enum Anchor: String { case start, middle, end }
  /// A small shape about a point.
  package enum Mark { case circle, square, diamond }

  package let width: Double
  package let height: Double
  /// What the picture shows, for those who do not see it.
  private let label: String
  private var shapes: [String] = []

  package init(width: Double, height: Double, label: String) {
    self.width = width
    self.height = height
    self.label = label
  }

  package mutating func line(_ from: (x: Double, y: Double), _ to: (x: Double, y: Double), _ style: String) {
    add("line", [("x1", from.x), ("y1", from.y), ("x2", to.x), ("y2", to.y)], style, title: nil)
  }

  package mutating func rectangle(
    x: Double, y: Double, width: Double, height: Double, _ style: String, title: String? = nil
  ) {
    add("rect", [("x", x), ("y", y), ("width", max(0, width)), ("height", height)], style, title: title)
  }

  /// Lines from point to point, and an area where the style fills it.
  package mutating func path(_ points: [(x: Double, y: Double)], _ style: String, title: String? = nil) {
    let steps = points.map { "\(Markup.number($0.x)),\(Markup.number($0.y))" }
    shapes.append(
      "<path class=\"\(style)\" d=\"M\(steps.joined(separator: "L"))\"\(Self.ending("path", title))")
  }

  /// Many rectangles of one size as one shape.
  package mutating func tiles(
    _ corners: [(x: Double, y: Double)], width: Double, height: Double, _ style: String, opacity: Double
  ) {
    let (right, down) = (Markup.number(width), Markup.number(height))
    let tiles = corners.map { "M\(Markup.number($0.x)),\(Markup.number($0.y))h\(right)v\(down)h-\(right)z" }
    shapes.append(
      "<path class=\"\(style)\" fill-opacity=\"\(Text.round(opacity))\" d=\"\(tiles.joined())\"/>")
  }

  /// Text whose baseline begins, is centred, or ends at a point; turned by `angle` degrees about it. A title, where there is
  /// one, shows under the pointer.
  package mutating func text(
    _ text: String, x: Double, y: Double, _ style: String, anchor: Anchor = .start, angle: Double = 0,
    title: String? = nil
  ) {
    let place =
      angle == 0
      ? "x=\"\(Markup.number(x))\" y=\"\(Markup.number(y))\""
      : "transform=\"translate(\(Markup.number(x)) \(Markup.number(y))) rotate(\(Markup.number(angle)))\""
    let title = title.map { "<title>\(Markup.escape($0))</title>" } ?? ""
    shapes.append(
      "<text class=\"\(style)\" \(place) text-anchor=\"\(anchor.rawValue)\">\(title)\(Markup.escape(text))</text>")
  }

  /// A small shape about a point.
  package mutating func mark(_ mark: Mark, x: Double, y: Double, _ style: String, title: String? = nil) {
    let size = 5.0
    switch mark {
    case .circle: add("circle", [("cx", x), ("cy", y), ("r", size - 0.5)], style, title: title)
    case .square:
      rectangle(x: x - size + 1, y: y - size + 1, width: 2 * size - 2, height: 2 * size - 2, style, title: title)
    case .diamond:
      let reach = size + 1
      path([(x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y), (x, y - reach)], style, title: title)
    }
  }

  package var svg: String {
    let size = "\(Markup.number(width)) \(Markup.number(height))"
    return "<svg viewBox=\"0 0 \(size)\" role=\"img\" aria-label=\"\(Markup.escape(label))\">\n"
      + shapes.joined(separator: "\n") + "\n</svg>"
  }

  private mutating func add(_ name: String, _ values: [(key: String, value: Double)], _ style: String, title: String?) {
    let text = values.map { " \($0.key)=\"\(Markup.number($0.value))\"" }.joined()
    shapes.append("<\(name) class=\"\(style)\"\(text)\(Self.ending(name, title))")
  }

  private static func ending(_ name: String, _ title: String?) -> String {
    title.map { "><title>\(Markup.escape($0))</title></\(name)>" } ?? "/>"
  }
}
