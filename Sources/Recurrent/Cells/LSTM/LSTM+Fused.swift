/// An LSTM in the fused kernels: gates, C' and h' of some units in one phase, and in a second one the projection.
struct FusedLSTMCell: FusedCell {
  let kernels: Kernels
  let inputSize: Int
  let hiddenSize: Int
  let outputSize: Int
  /// Input rows first, then recurrent rows, each with i f g o.
  let weights: PackedPanels
  let bias: PackedPanels
  let peephole: PackedPanels?
  /// Of h = (o * tanh(C'))·R, panels of R's columns.
  let projection: PackedPanels?
  let panelCounts: [Int]

  /// The cell, or nil where the kernels do not serve it: they have the standard activations, and normalise nothing.
  init?(_ weights: LSTMWeights<Float>, _ configuration: LSTMConfiguration, kernels: Kernels = .best) {
    guard configuration.activations == .standard, configuration.layerNormalization == nil else { return nil }
    let (hidden, width) = (configuration.hiddenSize, kernels.width)
    let gates = LSTMGate.allCases.map(\.rawValue)
    let rows = weights.matrix.shape[0]
    self.kernels = kernels
    inputSize = rows - configuration.outputSize
    hiddenSize = hidden
    outputSize = configuration.outputSize
    self.weights = PackedPanels(
      weights.matrix.span, rows: [outputSize..<rows, 0..<outputSize], gates: gates, blockCount: gates.count,
      hiddenSize: hidden, width: width)
    bias = PackedPanels(
      weights.bias.span, gates: gates, blockCount: gates.count, hiddenSize: hidden, width: width)
    peephole = weights.peephole.map {
      PackedPanels($0.span, gates: [0, 1, 2], blockCount: 3, hiddenSize: hidden, width: width)
    }
    projection = weights.projection.map {
      PackedPanels(
        $0.span, rows: [0..<hidden], gates: [0], blockCount: 1, hiddenSize: configuration.outputSize, width: width)
    }
    panelCounts = [self.weights.panelCount] + (projection.map { [$0.panelCount] } ?? [])
  }

  var projectedPanelSize: Int { weights.gateCount * kernels.width }
  var weightCount: Int { weights.elements.count + (projection?.elements.count ?? 0) }
  /// The units, before their projection.
  var scratchSize: Int { projection == nil ? 0 : hiddenSize }

  @unsafe
  func project(_ rows: FusedRows, panels: Range<Int>) {
    unsafe kernels.project(rows, weights, bias: bias, inputSize: inputSize, panels: panels)
  }

  @unsafe
  func perform(phase: Int, _ rows: FusedRows, panels: Range<Int>) {
    if phase == 0 {
      unsafe kernels.lstmStep(self, rows, units: projection == nil ? rows.hidden : rows.scratch, panels: panels)
    } else if let projection {
      unsafe kernels.linear(
        projection, inputSize: hiddenSize, outputSize: outputSize, rows: rows.count, from: rows.scratch,
        into: rows.hidden, panels: panels)
    }
  }
}
