/// The looks of the page, light or dark as the reader's system is, and light on paper.
///
/// The colours are those of Okabe and Ito, which people with any kind of colour vision can tell apart.
enum StyleSheet {
  static let text = """
    :root {
      color-scheme: light dark;
      \(light)
    }
    @media (prefers-color-scheme: dark) { :root { \(dark) } }
    @media print { :root { color-scheme: light; \(light) } }
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
    .legend { position: sticky; top: 0; display: flex; flex-wrap: wrap; gap: 4px 22px; list-style: none;
      margin: 12px 0 0; padding: 8px 0; background: var(--paper); border-bottom: 1px solid var(--line); z-index: 1; }
    .legend li { display: flex; align-items: center; gap: 6px; font-size: 14px; }
    .legend svg { width: 16px; height: 16px; }
    figure { margin: 8px 0 20px; }
    figcaption { font-weight: 600; font-size: 15px; margin-bottom: 2px; }
    svg { display: block; width: 100%; height: auto; }
    svg text { fill: var(--ink); font-size: 12px; }
    .grid { stroke: var(--line); stroke-width: 1; }
    svg .tick { fill: var(--soft); font-size: 11px; }
    svg .axis { fill: var(--soft); }
    .one { stroke: var(--ink); stroke-width: 1; }
    .roof { stroke: var(--ink); stroke-width: 1.6; }
    .roof.one { stroke-width: 1.2; stroke-dasharray: 5 4; }
    svg .roofname, svg .name { font-size: 11px; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round;
      paint-order: stroke; }
    svg .roofname { fill: var(--soft); }
    svg .problem { font: 11.5px ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
    svg .value { font-size: 11px; fill: var(--soft); font-variant-numeric: tabular-nums; }
    svg .strong { fill: var(--ink); font-weight: 600; }
    .mark { stroke: var(--paper); stroke-width: 1; }
    .area { stroke: none; }
    .range { stroke-width: 1.5; }
    .median { stroke: var(--ink); stroke-width: 1.2; }
    .wide { overflow-x: auto; margin-bottom: 14px; }
    table { border-collapse: collapse; font-size: 12px; white-space: nowrap; font-variant-numeric: tabular-nums; }
    th { font-weight: 600; color: var(--soft); border-bottom: 1px solid var(--soft); }
    th, td { text-align: left; padding: 3px 11px 3px 0; }
    .n { text-align: right; }
    tr > :last-child { padding-right: 0; }
    td { border-bottom: 1px solid var(--line); }
    strong { color: var(--wrong); }
    \(["naive", "blas", "fused", "torch", "ort", "openvino"]
      .map { ".s-\($0) { fill: var(--\($0)); stroke: var(--\($0)); }" }.joined(separator: "\n"))
    rect[class^="s-"] { stroke: none; }
    svg .mark { stroke: var(--paper); }
    svg .area { stroke: none; }
    @media print {
      body { font-size: 11px; }
      main { max-width: none; padding: 0; }
      .aside { margin: 10px 0 0; font-size: 14px; }
    .legend { position: static; }
      .wide { overflow: visible; }
      table { font-size: 7.5px; }
      td code { font-size: 7.5px; }
      th, td { padding-right: 6px; }
      figure, tr { break-inside: avoid; }
      h2, h3, figcaption { break-after: avoid; }
    }
    """

  private static let light = """
    --ink: #1a1e23; --soft: #5a636e; --line: #e1e5ea; --paper: #fff; --wrong: #b00020;
      --naive: #8b919a; --blas: #0072b2; --fused: #d55e00; --torch: #009e73; --ort: #cc79a7; --openvino: #b8860b;
    """

  private static let dark = """
    --ink: #e8ebef; --soft: #a1aab5; --line: #2c333b; --paper: #14171b; --wrong: #ff6b6b;
      --naive: #7d848e; --blas: #56b4e9; --fused: #f28e4a; --torch: #1fc296; --ort: #e094bf; --openvino: #e6c229;
    """
}
