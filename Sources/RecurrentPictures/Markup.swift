internal import Foundation

/// Text of HTML and SVG.
package enum Markup {
  /// Text as it stands between tags or in quotation marks.
  ///
  /// It goes by scalars, as browsers do: a `<` that joins a mark beside it into one character is still a `<` to them.
  package static func escape(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// A coordinate, to a tenth of a pixel.
  package static func number(_ value: Double) -> String {
    let text = String(format: "%.1f", value)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// A whole page, complete in itself.
  ///
  /// - Parameters:
  ///   - title: plain text, which is the heading, too.
  ///   - style: a style sheet.
  ///   - parts: HTML, one after another.
  package static func page(title: String, style: StyleSheet, _ parts: [String]) -> String {
    """
    <!doctype html>
    <html lang="en">
    <head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
    <title>\(escape(title))</title>
    <style>
    \(style.text)
    </style></head>
    <body><main>
    <h1>\(escape(title))</h1>
    \(parts.filter { !$0.isEmpty }.joined(separator: "\n"))
    </main></body></html>
    """
  }

  /// A part of a page under a heading, with some words about it; HTML all of them.
  package static func section(_ title: String, _ note: String, _ content: String) -> String {
    "<section><h2>\(title)</h2>\n<p>\(note)</p>\n\(content)\n</section>"
  }

  /// A picture, with plain text above it.
  package static func figure(_ svg: String, caption: String? = nil) -> String {
    "<figure>\(caption.map { "<figcaption>\(escape($0))</figcaption>" } ?? "")\(svg)</figure>"
  }

  /// Facts by name, in plain text.
  package static func facts(_ facts: [(name: String, value: String)]) -> String {
    let rows = facts.map { "<dt>\(escape($0.name))</dt><dd>\(escape($0.value))</dd>" }
    return "<dl>\n\(rows.joined(separator: "\n"))\n</dl>"
  }
}
