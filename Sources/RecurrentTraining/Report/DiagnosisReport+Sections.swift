internal import Recurrent
internal import RecurrentPictures

extension DiagnosisReport {
  var sections: [String] { [reach, stretch, exponentSection, gateSection, heatMapSection] }

  /// The gradients of the last layer beside those of other cells, and those of each layer by their parts.
  private var reach: String {
    let last = diagnoses.last { $0.place.direction == .forward }!
    let own = CurvePlot.Curve(
      name: "this \(cell)", style: "s-model", values: Self.relative(last.gradients.state.medians))
    let beside = others.map { other in
      CurvePlot.Curve(name: other.name, style: "s-\(other.style) dashed", values: Self.relative(other.medians))
    }
    let comparison = CurvePlot(
      label: "Gradient norm over distance, beside other cells", xTitle: "steps back from the end",
      yTitle: "gradient, of that at the end", curves: beside + [own])
    let untrained =
      others.isEmpty ? "" : ", and that of cells of the same sizes, without a projection, that have learnt nothing"
    var figures = [Markup.figure(comparison.svg, caption: "The last layer’s state\(untrained)")]
    // The only curve of an only layer has been drawn.
    for diagnosis in diagnoses where diagnoses.count > 1 || diagnosis.gradients.cell != nil {
      let hidden = CurvePlot.Curve(name: "of h", style: "s-model", values: diagnosis.gradients.hidden.medians)
      let cell = diagnosis.gradients.cell.map {
        CurvePlot.Curve(name: "of C", style: "s-cell", values: $0.medians)
      }
      let plot = CurvePlot(
        label: "Gradient norms in \(diagnosis.place)", xTitle: "steps back from the end",
        yTitle: "length of the gradient", curves: [hidden] + (cell.map { [$0] } ?? []), size: (960, 250))
      figures.append(Markup.figure(plot.svg, caption: capitalized(diagnosis.place.description)))
    }
    return Markup.section(
      "How far gradients reach",
      """
      The length of the gradient of a loss that looks at the layer’s last h alone, at the states before it: the median over \
      the sequences. Where a curve has fallen, what happened so many steps before the end can hardly be learnt from.
      """, figures.joined(separator: "\n"))
  }

  private var stretch: String {
    let figures = singularValues.flatMap { values in
      let place = capitalized(values.place.description)
      return [
        Markup.figure(
          BandPlot(
            label: "Singular values of single steps in \(values.place)", firstStep: values.steps.lowerBound,
            xTitle: "step", yTitle: "singular values", logarithms: values.ofSteps, style: "s-lstm"
          ).svg,
          caption: "\(place): one step"),
        Markup.figure(
          BandPlot(
            label: "Singular values of products in \(values.place)", firstStep: 1, xTitle: "steps back from the end",
            yTitle: "singular values", logarithms: values.ofProducts, style: "s-gru"
          ).svg,
          caption: "\(place): all steps from there to the end together"),
      ]
    }
    return Markup.section(
      "How steps stretch and shrink",
      """
      The singular values of the Jacobian of each step, and of the product of those up to the end. The outer band goes from \
      the smallest to the largest, the inner one over the middle half. Above 1 some gradient grows, below 1 all \
      shrink. Of a product what lies far below the largest is rounding.
      """, figures.joined(separator: "\n"))
  }

  private var exponentSection: String {
    let rows = zip(diagnoses, exponents).map { diagnosis, exponents in
      let positive = exponents.filter { $0 > 0 }.count
      let cells = [
        Self.signed(diagnosis.exponent), Self.signed(exponents.median), Self.signed(exponents.min()),
        "\(positive) of \(exponents.count)", Self.signed(diagnosis.spectralRadius),
      ]
      return "<tr><td>\(diagnosis.place)</td>" + cells.map { "<td class=\"n\">\($0)</td>" }.joined() + "</tr>"
    }
    let names = ["leading", "median", "least", "above 0", "spectral radius"]
    return Markup.section(
      "Lyapunov exponents",
      """
      The rates a step at which gradients grow in each direction, in the natural logarithm: above 0 they explode, at −0.1 they \
      halve in 7 steps. The leading one is that of the findings, along all of the longest sequence; the others are taken over \
      the same steps as the singular values, \(singularValues.first?.steps.count ?? 0) at the end. The first half of the way \
      back is left out of both, until the directions have turned to where gradients go. The spectral radius is that of the \
      candidate’s recurrent weights.
      """,
      Self.table(head: "", names, rows))
  }

  private var gateSection: String {
    let rows = diagnoses.flatMap { diagnosis in
      diagnosis.gates.map { gate in
        let cells =
          [Self.signed(gate.mean), Self.percent(gate.lowShare), Self.percent(gate.highShare)]
          + [0, 0.5, 1].map { Self.signed(gate.timeConstants?.quantile($0)) }
        return "<tr><td>\(diagnosis.place)</td><td><i>\(gate.kind.symbol)</i>, \(gate.kind.name)</td>"
          + cells.map { "<td class=\"n\">\($0)</td>" }.joined() + "</tr>"
      }
    }
    return Markup.section(
      "Gates",
      """
      Saturated are gates below 0.1 and above 0.9, and candidates below −0.9 and above 0.9: there an activation has hardly a \
      slope. The time constant of a unit is how many steps its gate, by itself, keeps a state from shrinking to 1/e.
      """,
      Self.table(
        head: "<th>gate</th>",
        ["mean", "saturated below", "above", "shortest time", "median time", "longest time"], rows))
  }

  private var heatMapSection: String {
    let figures = zip(diagnoses, heatMaps).map { diagnosis, map in
      Markup.figure(map.svg, caption: capitalized(diagnosis.place.description))
    }
    return
      "<section><h2>Gates, step by step</h2>\n\(GateHeatMap.explanation)\n\(figures.joined(separator: "\n"))</section>"
  }

  // MARK: - Words

  private static func table(head: String, _ names: [String], _ rows: [String]) -> String {
    "<div class=\"wide\"><table><thead><tr><th>layer</th>\(head)"
      + names.map { "<th class=\"n\">\($0)</th>" }.joined()
      + "</tr></thead>\n<tbody>\(rows.joined(separator: "\n"))</tbody></table></div>"
  }

  private static func relative(_ medians: [Double]) -> [Double] {
    let first = medians.first ?? 1
    return medians.map { $0 / first }
  }

  private static func signed(_ value: Double?) -> String {
    guard let value, !value.isNaN else { return "–" }
    guard value.isFinite else { return value > 0 ? "∞" : "−∞" }
    return (value < 0 ? "−" : "") + Text.three(value.magnitude)
  }

  private static func percent(_ share: Double) -> String { share.isNaN ? "–" : Text.percent(share) }
}
