/// A layer-normalised GRU layer that learns, on some engine's products and functions, with every activation and for
/// either scalar.
///
/// Recorded are the pre-activations of r z n, and of m = LN(h·U; γ_h) + c_n what the candidate sees of h, in whose place
/// its gradient comes to stand. With LN' for the way back through a normalisation, and else as `GRUGates.retreat` says:
///
///     d(h·U) = LN'((dr, dz, dm) * γ_h)     d(x·W) = LN'((dr, dz, dn) * γ_x)     dh = dh' * z + d(h·U)·Uᵀ
struct NormalizedGRUTrainer<Matrix: ConstantMatrix>: HoistingTrainer {
  typealias Scalar = Matrix.Scalar
  typealias Weights = GRUWeights<Scalar>

  let forward: NormalizedGRU<Matrix>
  private let weights: GRUWeights<Scalar>
  private let activations: GRUActivations
  private let hiddenSize: Int
  /// [r z n, H]: from the gradient of h·U to that of h.
  private let recurrent: Matrix
  private let recurrentProduct: NormalizedProduct<Matrix>
  private let inputProduct: NormalizedProduct<Matrix>

  init(_ forward: NormalizedGRU<Matrix>, _ weights: GRUWeights<Scalar>, _ configuration: GRUConfiguration) {
    guard let normalization = configuration.layerNormalization, let gains = weights.gains else {
      fatalError("GRU: 0 gains for a layer that is normalised")
    }
    let hidden = configuration.hiddenSize
    self.forward = forward
    self.weights = weights
    activations = configuration.activations
    hiddenSize = hidden
    recurrent = Matrix(weights.matrix, rows: 0..<hidden, columns: 0..<3 * hidden, isTransposed: true)
    recurrentProduct = NormalizedProduct(
      weights.matrix, rows: 0..<hidden, gain: gains.recurrent, normalization, keptFrom: 0)
    inputProduct = NormalizedProduct(
      weights.matrix, rows: hidden..<weights.matrix.shape[0], gain: gains.input, normalization,
      keptFrom: recurrentProduct.endColumn)
  }

  /// r z n, and then the gradients of h·U.
  var valueSize: Int { 3 * hiddenSize }
  var productSize: Int { recurrent.width }
  /// What is kept of both products.
  var keptSize: Int { inputProduct.endColumn }

  func prepare(
    _ known: borrowing BlockValues<Scalar>, kept: inout MutableMatrixView<Scalar>, team: ThreadTeam
  ) {
    recurrentProduct.form(known.hiddenSeen, into: &kept, team: team)
    inputProduct.form(known.x, into: &kept, team: team)
  }

  func retreat(
    _ known: borrowing BlockValues<Scalar>, gradient: inout LayerState<Scalar>,
    record: inout MutableMatrixView<Scalar>, values: inout MutableMatrixView<Scalar>,
    product: inout MutableMatrixView<Scalar>, kept: inout MutableMatrixView<Scalar>
  ) {
    var hiddenGradient = gradient.mutableHidden(rows: record.rows)
    activations.activate(Matrix.self, &record, values: &values, hiddenSize: hiddenSize)
    values.retreatGates(known, &hiddenGradient, record: &record)
    values.retreatReset(record: &record)
    recurrentProduct.retreat(kept.view, into: &values) { record[$0, recurrentColumn($1)] }
    form(&product, values.view, recurrent)
    known.masks?.maskRecurrent(&product)
    hiddenGradient.add(product.view)
  }

  /// Where in the record the gradient of a column of m stands: dr dz where they do, and dm behind dn.
  @inline(__always)
  private func recurrentColumn(_ column: Int) -> Int { column < 2 * hiddenSize ? column : column + hiddenSize }

  func formGates(
    _ known: borrowing BlockValues<Scalar>, record: borrowing MatrixView<Scalar>,
    into gates: inout MutableMatrixView<Scalar>
  ) {
    gates.copyRows(of: record)
    activations.apply(Matrix.self, to: &gates, hiddenSize: hiddenSize)
  }

  func collect(
    _ known: borrowing BlockValues<Scalar>, record: borrowing MatrixView<Scalar>,
    kept: inout MutableMatrixView<Scalar>, inputGradient: inout MutableMatrixView<Scalar>,
    weights gradients: inout GRUWeights<Scalar>, team: ThreadTeam
  ) {
    let hidden = hiddenSize
    gradients.bias.addColumnSums(record.columns(0..<3 * hidden))
    gradients.recurrentBias!.addColumnSums(record.columns(3 * hidden..<4 * hidden))
    recurrentProduct.collect(
      known.hiddenSeen, kept: &kept, matrix: &gradients.matrix, gain: &gradients.gains!.recurrent, team: team
    ) { record[$0, recurrentColumn($1)] }
    inputProduct.collect(
      known.x, kept: &kept, matrix: &gradients.matrix, gain: &gradients.gains!.input, team: team
    ) { record[$0, $1] }
    multiplyInput(weights.matrix, kept.view.columns(inputProduct.columns), into: &inputGradient, team: team)
  }
}

extension GRUWeights {
  /// An engine that trains what a normalised layer runs on, or nil where `engine` is none.
  func normalizedTrainer(
    _ engine: any LayerEngine<Scalar>, _ configuration: GRUConfiguration
  ) -> (any TrainingEngine<GRUWeights>)? {
    switch engine {
    case let naive as NormalizedGRU<PlainMatrix<Scalar>>: NormalizedGRUTrainer(naive, self, configuration)
    case let blas as NormalizedGRU<BLASMatrix<Scalar>>: NormalizedGRUTrainer(blas, self, configuration)
    default: nil
    }
  }
}
