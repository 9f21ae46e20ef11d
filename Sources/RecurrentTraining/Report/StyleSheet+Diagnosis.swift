internal import RecurrentPictures

extension StyleSheet {
  /// The looks of pages about gradients and gates.
  static let diagnosis = StyleSheet(
    colors: [
      .vermilion("model"), .blue("lstm"), .green("gru"), .purple("rnn"), .yellow("cell"),
      .blue("up"), .vermilion("down"),
    ],
    rules: """
      svg .curve { fill: none; stroke-width: 2; stroke-linejoin: round; }
      svg .curve.dashed { stroke-dasharray: 6 4; stroke-width: 1.6; }
      svg .band { stroke: none; fill-opacity: 0.16; }
      svg .band.inner { fill-opacity: 0.3; }
      .one { stroke: var(--soft); stroke-width: 1.2; stroke-dasharray: 2 3; }
      svg .ground { fill: var(--line); fill-opacity: 0.45; }
      svg .tile { stroke: none; }
      svg .tile.up { fill: var(--up); }
      svg .tile.down { fill: var(--down); }
      span.up { color: var(--up); font-weight: 600; }
      span.down { color: var(--down); font-weight: 600; }
      svg .gate { font-size: 17px; font-weight: 600; font-style: italic; }
      svg .word { font-size: 12px; }
      ul.findings { margin: 14px 0 0; padding: 0; list-style: none; }
      ul.findings li { margin: 0 0 8px; padding: 6px 12px; border-left: 3px solid var(--line); max-width: 96ch; }
      ul.findings li.exploding, ul.findings li.vanishing, ul.findings li.unknown { border-color: var(--wrong); }
      ul.findings li.healthy { border-color: var(--gru); }
      """)
}
