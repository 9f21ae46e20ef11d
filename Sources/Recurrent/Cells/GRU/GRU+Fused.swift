extension GRUWeights where Scalar == Float {
  /// A layer of these weights on the fused kernels, or nil where they do not serve it: they have the standard
  /// activations, and normalise nothing.
  func fusedEngine<Other: RecurrentScalar>(
    _ configuration: GRUConfiguration, kernels: Kernels, for _: Other.Type
  ) -> (any LayerEngine<Other>)? {
    guard configuration.activations == .standard, configuration.layerNormalization == nil else { return nil }
    let hidden = configuration.hiddenSize
    return switch configuration.reset {
    case .afterProduct: FusedGRUCell(self, hiddenSize: hidden, kernels: kernels).engine(for: Other.self)
    case .beforeProduct: FusedResetBeforeGRUCell(self, hiddenSize: hidden, kernels: kernels).engine(for: Other.self)
    }
  }

  /// Some gates of the matrix: input rows first, then recurrent rows.
  fileprivate func pack(_ gates: [GRUGate], hiddenSize: Int, width: Int) -> PackedPanels {
    PackedPanels(
      matrix.span, rows: [hiddenSize..<matrix.shape[0], 0..<hiddenSize], gates: gates.map(\.rawValue),
      blockCount: GRUGate.allCases.count, hiddenSize: hiddenSize, width: width)
  }

  /// The same gates of the bias.
  fileprivate func packBias(_ gates: [GRUGate], hiddenSize: Int, width: Int) -> PackedPanels {
    PackedPanels(
      bias.span, gates: gates.map(\.rawValue), blockCount: GRUGate.allCases.count, hiddenSize: hiddenSize,
      width: width)
  }
}

/// A GRU that resets after the product, in the fused kernels: all of a step in one phase.
struct FusedGRUCell: FusedCell {
  let kernels: Kernels
  let inputSize: Int
  let hiddenSize: Int
  /// Each row with r z n.
  let weights: PackedPanels
  let bias: PackedPanels
  let recurrentBias: PackedPanels?
  let panelCounts: [Int]

  init(_ weights: GRUWeights<Float>, hiddenSize: Int, kernels: Kernels) {
    let width = kernels.width
    self.kernels = kernels
    self.hiddenSize = hiddenSize
    inputSize = weights.matrix.shape[0] - hiddenSize
    self.weights = weights.pack(GRUGate.allCases, hiddenSize: hiddenSize, width: width)
    bias = weights.packBias(GRUGate.allCases, hiddenSize: hiddenSize, width: width)
    recurrentBias = weights.recurrentBias.map {
      PackedPanels($0.span, gates: [0], blockCount: 1, hiddenSize: hiddenSize, width: width)
    }
    panelCounts = [self.weights.panelCount]
  }

  var outputSize: Int { hiddenSize }
  var projectedPanelSize: Int { weights.gateCount * kernels.width }
  var weightCount: Int { weights.elements.count }
  var scratchSize: Int { 0 }

  @unsafe
  func project(_ rows: FusedRows, panels: Range<Int>) {
    unsafe kernels.project(rows, weights, bias: bias, inputSize: inputSize, panels: panels)
  }

  @unsafe
  func perform(phase: Int, _ rows: FusedRows, panels: Range<Int>) {
    unsafe kernels.gruStep(self, rows, panels: panels)
  }
}

/// A GRU that resets before the product, in the fused kernels: r, z and r * h in one phase, and in a second one, which
/// walks all of r * h, n and h'.
struct FusedResetBeforeGRUCell: FusedCell {
  let kernels: Kernels
  let inputSize: Int
  let hiddenSize: Int
  /// Each row with r z.
  let gates: PackedPanels
  let gateBias: PackedPanels
  /// Each row with n.
  let candidate: PackedPanels
  let candidateBias: PackedPanels
  let panelCounts: [Int]

  init(_ weights: GRUWeights<Float>, hiddenSize: Int, kernels: Kernels) {
    let width = kernels.width
    self.kernels = kernels
    self.hiddenSize = hiddenSize
    inputSize = weights.matrix.shape[0] - hiddenSize
    gates = weights.pack([.reset, .update], hiddenSize: hiddenSize, width: width)
    gateBias = weights.packBias([.reset, .update], hiddenSize: hiddenSize, width: width)
    candidate = weights.pack([.candidate], hiddenSize: hiddenSize, width: width)
    candidateBias = weights.packBias([.candidate], hiddenSize: hiddenSize, width: width)
    panelCounts = [gates.panelCount, candidate.panelCount]
  }

  var outputSize: Int { hiddenSize }
  /// Those of r z, then those of n: a panel of projected inputs has two parts, one for each phase.
  var projectedPanelSize: Int { (gates.gateCount + candidate.gateCount) * kernels.width }
  var weightCount: Int { gates.elements.count + candidate.elements.count }
  /// r * h, then z.
  var scratchSize: Int { 2 * hiddenSize }

  @unsafe
  func project(_ rows: FusedRows, panels: Range<Int>) {
    unsafe kernels.project(rows, gates, bias: gateBias, inputSize: inputSize, panels: panels)
    unsafe kernels.project(
      rows, candidate, bias: candidateBias, after: gates.gateCount, inputSize: inputSize, panels: panels)
  }

  @unsafe
  func perform(phase: Int, _ rows: FusedRows, panels: Range<Int>) {
    if phase == 0 {
      unsafe kernels.gruResetGates(self, rows, panels: panels)
    } else {
      unsafe kernels.gruCandidate(self, rows, panels: panels)
    }
  }
}
