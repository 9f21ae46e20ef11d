/// The looks of a page, light or dark as the reader's system is, and light on paper.
package struct StyleSheet {
  /// A colour by name: `--name` in rules.
  package struct Color: Sendable {
    package let name: String
    package let light: String
    package let dark: String

    package init(_ name: String, light: String, dark: String) {
      self.name = name
      self.light = light
      self.dark = dark
    }
  }

  /// The colours of the page beside ink and paper.
  private let colors: [Color]
  private let rules: String

  /// - Parameters:
  ///   - colors: each also the look of a class: `s-name` fills and strokes with it.
  ///   - rules: what a page has besides.
  package init(colors: [Color], rules: String) {
    self.colors = colors
    self.rules = rules
  }

  package var text: String {
    let (light, dark) = (Self.light + variables(\.light), Self.dark + variables(\.dark))
    let series = colors.map { ".s-\($0.name) { fill: var(--\($0.name)); stroke: var(--\($0.name)); }" }
    return """
      :root {
        color-scheme: light dark;
        \(light)
      }
      @media (prefers-color-scheme: dark) { :root { \(dark) } }
      @media print { :root { color-scheme: light; \(light) } }
      \(Self.common)
      \(series.joined(separator: "\n"))
      \(rules)
      \(Self.print)
      """
  }

  private func variables(_ value: KeyPath<Color, String>) -> String {
    colors.map { " --\($0.name): \($0[keyPath: value]);" }.joined()
  }

  private static let light = "--ink: #1a1e23; --soft: #5a636e; --line: #e1e5ea; --paper: #fff; --wrong: #b00020;"
  private static let dark = "--ink: #e8ebef; --soft: #a1aab5; --line: #2c333b; --paper: #14171b; --wrong: #ff6b6b;"

  private static let common = """
    body { margin: 0; background: var(--paper); color: var(--ink);
      font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif; }
    main { max-width: 1060px; margin: 0 auto; padding: 28px 16px 48px; }
    h1 { font-size: 24px; line-height: 1.25; margin: 0 0 16px; }
    h2 { font-size: 19px; margin: 36px 0 4px; }
    h3 { font-size: 15px; margin: 22px 0 6px; }
    p { margin: 0 0 12px; max-width: 76ch; color: var(--soft); }
    code { font: 12px ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 20px; margin: 0; font-size: 14px; }
    dt { color: var(--soft); }
    dd { margin: 0; }
    .aside { margin: 10px 0 0; font-size: 14px; }
    .legend { display: flex; flex-wrap: wrap; gap: 4px 22px; list-style: none; margin: 12px 0 0; padding: 8px 0; }
    .legend li { display: flex; align-items: center; gap: 6px; font-size: 14px; }
    .legend svg { width: 16px; height: 16px; }
    figure { margin: 8px 0 20px; }
    figcaption { font-weight: 600; font-size: 15px; margin-bottom: 2px; }
    svg { display: block; width: 100%; height: auto; }
    svg text { fill: var(--ink); font-size: 12px; }
    .grid { stroke: var(--line); stroke-width: 1; }
    svg .tick { fill: var(--soft); font-size: 11px; }
    svg .axis { fill: var(--soft); }
    svg .name { font-size: 11px; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round;
      paint-order: stroke; }
    .wide { overflow-x: auto; margin-bottom: 14px; }
    table { border-collapse: collapse; font-size: 12px; white-space: nowrap; font-variant-numeric: tabular-nums; }
    th { font-weight: 600; color: var(--soft); border-bottom: 1px solid var(--soft); }
    th, td { text-align: left; padding: 3px 11px 3px 0; }
    .n { text-align: right; }
    tr > :last-child { padding-right: 0; }
    td { border-bottom: 1px solid var(--line); }
    """

  private static let print = """
    @media print {
      body { font-size: 11px; }
      main { max-width: none; padding: 0; }
      .legend { position: static; }
      .wide { overflow: visible; }
      table { font-size: 7.5px; }
      td code { font-size: 7.5px; }
      th, td { padding-right: 6px; }
      figure, tr { break-inside: avoid; }
      h2, h3, figcaption { break-after: avoid; }
    }
    """
}

/// Colours of Okabe and Ito, which people with any kind of colour vision can tell apart, and their kin on a dark ground.
extension StyleSheet.Color {
  package static func blue(_ name: String) -> Self { Self(name, light: "#0072b2", dark: "#56b4e9") }
  package static func vermilion(_ name: String) -> Self { Self(name, light: "#d55e00", dark: "#f28e4a") }
  package static func green(_ name: String) -> Self { Self(name, light: "#009e73", dark: "#1fc296") }
  package static func purple(_ name: String) -> Self { Self(name, light: "#cc79a7", dark: "#e094bf") }
  package static func yellow(_ name: String) -> Self { Self(name, light: "#b8860b", dark: "#e6c229") }
}
