import RecurrentPictures

extension StyleSheet {
  /// The looks of the page of results: a colour for each engine and peer.
  static let results = StyleSheet(
    colors: [
      Color("naive", light: "#8b919a", dark: "#7d848e"), .blue("blas"), .vermilion("fused"), .green("torch"),
      .purple("ort"), .yellow("openvino"),
    ],
    rules: """
      .legend { position: sticky; top: 0; background: var(--paper); border-bottom: 1px solid var(--line); z-index: 1; }
      .one { stroke: var(--ink); stroke-width: 1; }
      .roof { stroke: var(--ink); stroke-width: 1.6; }
      .roof.one { stroke-width: 1.2; stroke-dasharray: 5 4; }
      svg .roofname { font-size: 11px; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round;
        paint-order: stroke; fill: var(--soft); }
      svg .problem { font: 11.5px ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
      svg .value { font-size: 11px; fill: var(--soft); font-variant-numeric: tabular-nums; }
      svg .strong { fill: var(--ink); font-weight: 600; }
      .range { stroke-width: 1.5; }
      .median { stroke: var(--ink); stroke-width: 1.2; }
      strong { color: var(--wrong); }
      rect[class^="s-"] { stroke: none; }
      svg .mark { stroke: var(--paper); stroke-width: 1; }
      svg .area { stroke: none; }
      """)
}
