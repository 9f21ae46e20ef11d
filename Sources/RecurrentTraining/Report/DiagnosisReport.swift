public import Recurrent
internal import RecurrentPictures

/// What becomes of gradients in a model, as one page for a browser, complete in itself: pictures in SVG, no scripts.
///
///     let report = DiagnosisReport(lstm, features, lengths: lengths)
///     try Data(report.html.utf8).write(to: URL(fileURLWithPath: "report.html"))
public struct DiagnosisReport: Sendable {
  /// What a page shows besides, and how it is called.
  public struct Options: Sendable {
    /// The heading of the page.
    public var title = "Gradient flow"
    /// The sequence whose Jacobians and gates are shown; the longest one where nil.
    public var sequence: Int?
    /// The words of its steps; their numbers where nil.
    public var labels: [String]?
    /// The steps, those at the end, over which Jacobians are looked at: each takes a singular value decomposition.
    public var jacobianSteps = 64
    /// Whether the model stands beside a plain RNN, a GRU and an LSTM of its sizes that have learnt nothing.
    public var comparesCells = true

    /// The defaults.
    public init() {}
  }

  /// What was found in each layer and direction.
  public let diagnoses: [LayerDiagnosis]
  /// The singular values of each.
  public let singularValues: [SingularValues]
  /// The Lyapunov exponents of each, over the same steps.
  public let exponents: [[Double]]

  private let options: Options
  private let facts: [(name: String, value: String)]
  private let cell: String
  /// Medians of other cells' last layers.
  private let others: [(name: String, style: String, medians: [Double])]
  private let heatMaps: [GateHeatMap]

  /// Looks at a model on a batch.
  ///
  /// - Parameters:
  ///   - layer: the model.
  ///   - input: [T, N, I].
  ///   - lengths: the steps of each of the N sequences, all of them T where nil. One of them at least must have a step.
  ///   - initial: the state before the first step, zeros where nil.
  ///   - options: the heading, and what is drawn.
  /// - Complexity: that of `diagnosis`, and for each layer and direction O(S³) and S sequences of training at each of
  ///   `jacobianSteps` steps.
  public init<Layer: GatedLayer>(
    _ layer: Layer, _ input: Tensor<Layer.Scalar>, lengths: [Int]? = nil, from initial: Layer.State? = nil,
    options: Options = Options()
  ) {
    let batch = layer.requireBatch("DiagnosisReport", input, lengths: lengths, from: initial)
    let lengths = batch.lengths
    let sequence = options.sequence ?? lengths.indices.max { lengths[$0] < lengths[$1] } ?? 0
    require(sequence >= 0 && sequence < lengths.count, "DiagnosisReport: sequence \(sequence) of \(lengths.count)")
    require(lengths[sequence] > 0, "DiagnosisReport: a sequence of \(lengths[sequence]) steps; it must have 1 at least")
    self.options = options
    cell = Layer.Weights.Configuration.cellName
    diagnoses = layer.diagnosis(input, lengths: lengths, from: batch.initial)
    let jacobians = layer.stack.shape.places.map { place in
      layer.stateJacobians(input, sequence: sequence, lengths: lengths, from: batch.initial, at: place)
    }
    singularValues = jacobians.map { $0.singularValues(lastSteps: options.jacobianSteps) }
    exponents = jacobians.map { $0.lyapunovExponents(lastSteps: options.jacobianSteps) }
    heatMaps = layer.gates(input, lengths: lengths, from: batch.initial).map {
      GateHeatMap($0, sequence: sequence, labels: options.labels)
    }
    others = options.comparesCells ? UntrainedCells(layer.stack.shape).medians(input, lengths: lengths) : []
    facts = Self.facts(layer, lengths: lengths, sequence: sequence)
  }

  /// The page.
  public var html: String {
    Markup.page(title: options.title, style: .diagnosis, [Markup.facts(facts), findings] + sections)
  }

  private static func facts<Layer: RecurrentLayer>(
    _ layer: Layer, lengths: [Int], sequence: Int
  ) -> [(name: String, value: String)] {
    let shape = layer.stack.shape
    let projected = shape.outputSize == shape.hiddenSize ? "" : ", projected to \(shape.outputSize)"
    let steps = lengths.min() == lengths.max() ? "\(lengths[0])" : "\(lengths.min() ?? 0) to \(lengths.max() ?? 0)"
    return [
      (
        "Model",
        "\(Layer.Weights.Configuration.cellName), \(shape.inputSize) features, \(shape.hiddenSize) units\(projected), "
          + "\(shape.layerCount) \(shape.layerCount == 1 ? "layer" : "layers")"
          + (shape.directionCount > 1 ? " in both directions" : "")
      ),
      ("Batch", "\(lengths.count) \(lengths.count == 1 ? "sequence" : "sequences") of \(steps) steps"),
      ("Jacobians and gates", "of sequence \(sequence), with \(lengths[sequence]) steps"),
    ]
  }

  private var findings: String {
    let items = diagnoses.map { diagnosis in
      let style =
        switch diagnosis.finding.fate {
        case .exploding: "exploding"
        case .vanishing: "vanishing"
        case .healthy: "healthy"
        }
      let place = Self.capitalized(diagnosis.place.description)
      return "<li class=\"\(style)\"><b>\(place).</b> \(Markup.escape(diagnosis.finding.description))</li>"
    }
    return "<ul class=\"findings\">\(items.joined(separator: "\n"))</ul>"
  }

  // MARK: - Sections

  private var sections: [String] { [reach, stretch, exponentSection, gateSection, heatMapSection] }

  /// The gradients of the last layer beside other cells', and of each layer by their parts.
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
    var figures = [
      Markup.figure(
        comparison.svg,
        caption:
          "The last layer's state\(others.isEmpty ? "" : ", and that of cells of the same sizes that have learnt nothing")"
      )
    ]
    // The only curve of an only layer has been drawn.
    for diagnosis in diagnoses where diagnoses.count > 1 || diagnosis.gradients.cell != nil {
      let hidden = CurvePlot.Curve(name: "of h", style: "s-model", values: diagnosis.gradients.hidden.medians)
      let cell = diagnosis.gradients.cell.map {
        CurvePlot.Curve(name: "of C", style: "s-cell", values: $0.medians)
      }
      let plot = CurvePlot(
        label: "Gradient norms in \(diagnosis.place)", xTitle: "steps back from the end",
        yTitle: "length of the gradient",
        curves: [hidden] + (cell.map { [$0] } ?? []), size: (960, 250))
      figures.append(Markup.figure(plot.svg, caption: Self.capitalized(diagnosis.place.description)))
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
      let place = Self.capitalized(values.place.description)
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
        Self.signed(exponents.first), Self.signed(exponents.median), Self.signed(exponents.last),
        "\(positive) of \(exponents.count)", Text.three(diagnosis.spectralRadius),
      ]
      return "<tr><td>\(diagnosis.place)</td>" + cells.map { "<td class=\"n\">\($0)</td>" }.joined() + "</tr>"
    }
    let names = ["leading", "median", "least", "above 0", "spectral radius"]
    return Markup.section(
      "Lyapunov exponents",
      """
      The rates a step at which gradients grow in each direction, in the natural logarithm, over the same steps: above 0 they \
      explode, at −0.1 they halve in 7 steps. The spectral radius is that of the candidate's recurrent weights.
      """,
      Self.table(head: "", names, rows))
  }

  private var gateSection: String {
    let rows = diagnoses.flatMap { diagnosis in
      diagnosis.gates.map { gate in
        let times = gate.timeConstants?.sorted()
        let cells =
          [Self.signed(gate.mean), Text.percent(gate.lowShare), Text.percent(gate.highShare)]
          + [0, 0.5, 1].map { share in
            times.map { Self.steps($0[Int((share * Double($0.count - 1)).rounded())]) } ?? "–"
          }
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
      Markup.figure(map.svg, caption: Self.capitalized(diagnosis.place.description))
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

  private static func steps(_ time: Double) -> String { time.isFinite ? Text.three(time) : "∞" }
  private static func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}
