import Foundation

/// Text of HTML and SVG.
enum Markup {
  /// Text as it stands between tags or in quotation marks.
  static func escape(_ text: String) -> String {
    var escaped = ""
    for character in text {
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      default: escaped.append(character)
      }
    }
    return escaped
  }

  /// A coordinate, to a tenth of a pixel.
  static func number(_ value: Double) -> String {
    let text = String(format: "%.1f", value)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

/// A picture in SVG, made of shapes whose looks the page's style sheet knows by class.
struct Drawing {
  enum Anchor: String { case start, middle, end }

  let width: Double
  let height: Double
  /// What the picture shows, for those who do not see it.
  let label: String
  private var shapes: [String] = []

  init(width: Double, height: Double, label: String) {
    self.width = width
    self.height = height
    self.label = label
  }

  mutating func line(_ from: (x: Double, y: Double), _ to: (x: Double, y: Double), _ style: String) {
    add("line", "x1", from.x, "y1", from.y, "x2", to.x, "y2", to.y, style: style)
  }

  mutating func rectangle(x: Double, y: Double, width: Double, height: Double, _ style: String, title: String? = nil) {
    add("rect", "x", x, "y", y, "width", max(0, width), "height", height, style: style, title: title)
  }

  /// Lines from point to point, and an area where the style fills it.
  mutating func path(_ points: [(x: Double, y: Double)], _ style: String, title: String? = nil) {
    let steps = points.map { "\(Markup.number($0.x)),\(Markup.number($0.y))" }
    shapes.append(
      "<path class=\"\(style)\" d=\"M\(steps.joined(separator: "L"))\"\(Self.ending("path", title))")
  }

  /// Text whose baseline begins, is centred, or ends at a point; turned by `angle` degrees about it.
  mutating func text(
    _ text: String, x: Double, y: Double, _ style: String, anchor: Anchor = .start, angle: Double = 0
  ) {
    let place =
      angle == 0
      ? "x=\"\(Markup.number(x))\" y=\"\(Markup.number(y))\""
      : "transform=\"translate(\(Markup.number(x)) \(Markup.number(y))) rotate(\(Markup.number(angle)))\""
    shapes.append(
      "<text class=\"\(style)\" \(place) text-anchor=\"\(anchor.rawValue)\">\(Markup.escape(text))</text>")
  }

  /// A small shape about a point, by the series that it stands for.
  mutating func marker(_ series: Series, x: Double, y: Double, title: String? = nil) {
    let size = 5.0
    let style = "mark \(series.style)"
    switch series.shape {
    case .circle: add("circle", "cx", x, "cy", y, "r", size - 0.5, style: style, title: title)
    case .square:
      rectangle(x: x - size + 1, y: y - size + 1, width: 2 * size - 2, height: 2 * size - 2, style, title: title)
    case .diamond:
      let reach = size + 1
      path([(x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y), (x, y - reach)], style, title: title)
    }
  }

  var svg: String {
    let size = "\(Markup.number(width)) \(Markup.number(height))"
    return "<svg viewBox=\"0 0 \(size)\" role=\"img\" aria-label=\"\(Markup.escape(label))\">\n"
      + shapes.joined(separator: "\n") + "\n</svg>"
  }

  private mutating func add(
    _ name: String, _ key1: String, _ value1: Double, _ key2: String, _ value2: Double, _ key3: String,
    _ value3: Double, _ key4: String? = nil, _ value4: Double = 0, style: String, title: String? = nil
  ) {
    var attributes = [(key1, value1), (key2, value2), (key3, value3)]
    if let key4 { attributes.append((key4, value4)) }
    let text = attributes.map { " \($0)=\"\(Markup.number($1))\"" }.joined()
    shapes.append("<\(name) class=\"\(style)\"\(text)\(Self.ending(name, title))")
  }

  private static func ending(_ name: String, _ title: String?) -> String {
    title.map { "><title>\(Markup.escape($0))</title></\(name)>" } ?? "/>"
  }
}
