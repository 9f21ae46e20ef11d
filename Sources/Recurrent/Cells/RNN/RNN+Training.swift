/// A plain recurrent layer that learns, on some engine's products and functions, with every activation and for either
/// scalar. Recorded are the pre-activations.
///
///     dz = dh' * φ'(z)      dh = dz·Uᵀ
struct RNNTrainer<Matrix: ConstantMatrix>: HoistingTrainer {
  typealias Scalar = Matrix.Scalar
  typealias Weights = RNNWeights<Scalar>

  let forward: HoistingRNN<Matrix>
  private let weights: RNNWeights<Scalar>
  /// [H, H]: from the gradient of z to that of h.
  private let recurrent: Matrix
  private let activation: Activation
  private let hiddenSize: Int

  init(_ forward: HoistingRNN<Matrix>, _ weights: RNNWeights<Scalar>, _ configuration: RNNConfiguration) {
    let hidden = configuration.hiddenSize
    self.forward = forward
    self.weights = weights
    recurrent = Matrix(weights.matrix, rows: 0..<hidden, columns: 0..<hidden, isTransposed: true)
    activation = configuration.activation
    hiddenSize = hidden
  }

  var valueSize: Int { hiddenSize }
  var productSize: Int { recurrent.width }
  var keptSize: Int { 0 }

  func retreat(
    _ known: borrowing BlockValues<Scalar>, gradient: inout LayerState<Scalar>,
    record: inout MutableMatrixView<Scalar>, values: inout MutableMatrixView<Scalar>,
    product: inout MutableMatrixView<Scalar>, kept _: inout MutableMatrixView<Scalar>
  ) {
    values.take(record, columns: 0..<hiddenSize, at: 0)
    Matrix.apply(activation, to: &values)
    activation.formSlopes(&record, values: values, columns: 0..<hiddenSize)
    var hiddenGradient = gradient.mutableHidden(rows: record.rows)
    for row in 0..<record.rows {
      for unit in 0..<hiddenSize { record[row, unit] *= hiddenGradient[row, unit] }
    }
    form(&product, record.view, recurrent)
    known.masks?.maskRecurrent(&product)
    hiddenGradient.copyRows(of: product.view)
  }

  func formGates(
    _ known: borrowing BlockValues<Scalar>, record: borrowing MatrixView<Scalar>,
    into gates: inout MutableMatrixView<Scalar>
  ) {
    gates.copyRows(of: record)
    Matrix.apply(activation, to: &gates)
  }

  func collect(
    _ known: borrowing BlockValues<Scalar>, record: borrowing MatrixView<Scalar>,
    kept _: inout MutableMatrixView<Scalar>, inputGradient: inout MutableMatrixView<Scalar>,
    weights gradients: inout RNNWeights<Scalar>, team: ThreadTeam
  ) {
    addWeightGradients(known, record, columns: 0..<hiddenSize, to: &gradients.matrix, team: team)
    gradients.bias.addColumnSums(record)
    multiplyInput(weights.matrix, record, into: &inputGradient, team: team)
  }
}

extension RNNWeights {
  /// Engines that train what `stack` runs: `naive` on its own loops, `fused` on its kernels.
  public static func trainingEngines(
    _ stack: LayerStack<Scalar>, _ weights: [RNNWeights], _ configuration: RNNConfiguration, room: PackingRoom
  ) -> TrainingEngines<RNNWeights> {
    TrainingEngines(
      engines: zip(stack.engines, weights).map { engine, weights in
        switch engine {
        case let naive as HoistingRNN<PlainMatrix<Scalar>>: RNNTrainer(naive, weights, configuration)
        case let blas as HoistingRNN<BLASMatrix<Scalar>>: RNNTrainer(blas, weights, configuration)
        case let fused as FusedEngine<FusedRNNCell>: fused.trainer(FusedRNNRetreat.self, weights, room: room)!
        default: RNNTrainer(HoistingRNN<BLASMatrix<Scalar>>(weights, configuration), weights, configuration)
        }
      })
  }
}
