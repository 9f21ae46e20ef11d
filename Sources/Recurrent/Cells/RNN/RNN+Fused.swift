internal import CRecurrentKernels

/// A plain recurrent network in the fused kernels: all of a step in one phase.
struct FusedRNNCell: FusedCell {
  let kernels: Kernels
  let inputSize: Int
  let hiddenSize: Int
  let activation: KernelActivation
  /// Input rows first, then recurrent rows.
  let weights: PackedPanels
  let bias: PackedPanels
  let panelCounts: [Int]

  /// The cell, or nil where the kernels do not serve its activation.
  init?(_ weights: RNNWeights<Float>, _ configuration: RNNConfiguration, kernels: Kernels) {
    switch configuration.activation {
    case .tanh: activation = .tanh
    case .relu: activation = .relu
    case .identity: activation = .identity
    default: return nil
    }
    let (hidden, width) = (configuration.hiddenSize, kernels.width)
    let rows = weights.matrix.shape[0]
    self.kernels = kernels
    inputSize = rows - hidden
    hiddenSize = hidden
    self.weights = PackedPanels(
      weights.matrix.span, rows: [hidden..<rows, 0..<hidden], gates: [0], blockCount: 1, hiddenSize: hidden,
      width: width)
    bias = PackedPanels(weights.bias.span, gates: [0], blockCount: 1, hiddenSize: hidden, width: width)
    panelCounts = [self.weights.panelCount]
  }

  var outputSize: Int { hiddenSize }
  var projectedPanelSize: Int { kernels.width }
  var weightCount: Int { weights.elements.count }
  var scratchSize: Int { 0 }

  @unsafe
  func project(_ rows: FusedRows, panels: Range<Int>) {
    unsafe kernels.project(rows, weights, bias: bias, inputSize: inputSize, panels: panels)
  }

  @unsafe
  func perform(phase: Int, _ rows: FusedRows, panels: Range<Int>) {
    unsafe kernels.rnnStep(self, rows, panels: panels)
  }
}
