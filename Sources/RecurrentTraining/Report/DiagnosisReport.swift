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
    /// Whether the model stands beside a plain RNN, a GRU and an LSTM of its sizes, without a projection, that have learnt
    /// nothing.
    public var comparesCells = true

    /// The defaults.
    public init() {}
  }

  /// What was found in each layer and direction.
  public let diagnoses: [LayerDiagnosis]
  /// The singular values of each.
  public let singularValues: [SingularValues]
  /// The Lyapunov exponents of each, over the same steps, the first half of the way left out. The leading one of a
  /// `LayerDiagnosis` goes over all steps of the longest sequence instead, and is the one that the page shows.
  public let exponents: [[Double]]

  private let options: Options
  private let facts: [(name: String, value: String)]
  let cell: String
  /// Medians of other cells' last layers.
  let others: [(name: String, style: String, medians: [Double])]
  let heatMaps: [GateHeatMap]

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
    require(options.jacobianSteps > 0, "DiagnosisReport: Jacobians of \(options.jacobianSteps) steps; 1 is the least")
    self.options = options
    cell = Layer.Weights.Configuration.cellName
    diagnoses = layer.diagnosis(input, lengths: lengths, from: batch.initial)
    let jacobians = layer.allStateJacobians(input, sequence: sequence, lengths: lengths, from: batch.initial)
    singularValues = jacobians.map { $0.singularValues(lastSteps: options.jacobianSteps) }
    exponents = jacobians.map { jacobians in
      let steps = min(options.jacobianSteps, jacobians.stepCount)
      return jacobians.lyapunovExponents(lastSteps: steps, discarding: steps / 2)
    }
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
        case .notANumber: "unknown"
        }
      let place = capitalized(diagnosis.place.description)
      return "<li class=\"\(style)\"><b>\(place).</b> \(Markup.escape(diagnosis.finding.description))</li>"
    }
    return "<ul class=\"findings\">\(items.joined(separator: "\n"))</ul>"
  }
}

/// With a capital letter, at the beginning of a sentence.
func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
