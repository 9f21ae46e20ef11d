/// A layer-normalised LSTM layer that learns, on some engine's products and functions, with every activation and for
/// either scalar. Recorded are the pre-activations z of i f g o.
///
/// With d for the gradient of the loss by what follows it, a' for an activation's slope where it was applied, LN' for the
/// way back through a normalisation and n = LN(C'; γ_c) + β_c:
///
///     do = dh * φ(n) * o'        dn = dh * o * φ'(n)       dC' = dC' + LN'(dn * γ_c)
///     di = dC' * g * i'          df = dC' * C * f'         dg = dC' * i * g'           dC = dC' * f
///     d(h·U) = LN'(dz * γ_h)     d(x·W) = LN'(dz * γ_x)    dh = d(h·U)·Uᵀ
struct NormalizedLSTMTrainer<Matrix: ConstantMatrix>: HoistingTrainer {
  typealias Scalar = Matrix.Scalar
  typealias Weights = LSTMWeights<Scalar>

  let forward: NormalizedLSTM<Matrix>
  private let weights: LSTMWeights<Scalar>
  private let gains: LSTMGains<Scalar>
  private let epsilon: Scalar
  private let activations: LSTMActivations
  private let hiddenSize: Int
  /// [i f g o, H]: from the gradient of h·U to that of h.
  private let recurrent: Matrix
  private let recurrentProduct: NormalizedProduct<Matrix>
  private let inputProduct: NormalizedProduct<Matrix>

  init(_ forward: NormalizedLSTM<Matrix>, _ weights: LSTMWeights<Scalar>, _ configuration: LSTMConfiguration) {
    guard let normalization = configuration.layerNormalization, let gains = weights.gains else {
      fatalError("LSTM: 0 gains for a layer that is normalised")
    }
    let hidden = configuration.hiddenSize
    self.forward = forward
    self.weights = weights
    self.gains = gains
    epsilon = Scalar(normalization.epsilon)
    activations = configuration.activations
    hiddenSize = hidden
    recurrent = Matrix(weights.matrix, rows: 0..<hidden, columns: 0..<4 * hidden, isTransposed: true)
    recurrentProduct = NormalizedProduct(
      weights.matrix, rows: 0..<hidden, gain: gains.recurrent, normalization, keptFrom: 0)
    inputProduct = NormalizedProduct(
      weights.matrix, rows: hidden..<weights.matrix.shape[0], gain: gains.input, normalization,
      keptFrom: recurrentProduct.endColumn)
  }

  /// i f g o, normalised C', and φ(n).
  var valueSize: Int { 6 * hiddenSize }
  var productSize: Int { recurrent.width }
  /// What is kept of both products; dn, and dn times the normalised C'; and the factor that made that.
  var keptSize: Int { scaleColumn + 1 }

  private var shownColumn: Int { inputProduct.endColumn }
  private var gainColumn: Int { shownColumn + hiddenSize }
  private var scaleColumn: Int { gainColumn + hiddenSize }

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
    let (rows, hidden) = (record.rows, hiddenSize)
    activations.activate(Matrix.self, &record, values: &values, hiddenSize: hidden)
    showCells(known, values: &values, kept: &kept)
    gradient.updateUnits(rows: rows) { cellGradients, unitGradients in
      retreatShown(unitGradients, record: &record, values: &values, kept: &kept)
      for row in 0..<rows {
        for unit in 0..<hidden {
          let (i, f, g) = (unit, hidden + unit, 2 * hidden + unit)
          let d = cellGradients[row, unit] + values[row, 4 * hidden + unit]
          record[row, i] *= d * values[row, g]
          record[row, g] *= d * values[row, i]
          record[row, f] *= d * known.cellsBefore[row, unit]
          cellGradients[row, unit] = d * values[row, f]
        }
      }
    }
    recurrentProduct.retreat(kept.view, into: &values) { record[$0, $1] }
    form(&product, values.view.columns(0..<4 * hidden), recurrent)
    known.masks?.maskRecurrent(&product)
    var hiddenGradient = gradient.mutableHidden(rows: rows)
    hiddenGradient.copyRows(of: product.view)
  }

  /// Normalised C' and φ(n).
  private func showCells(
    _ known: borrowing BlockValues<Scalar>, values: inout MutableMatrixView<Scalar>,
    kept: inout MutableMatrixView<Scalar>
  ) {
    let hidden = hiddenSize
    let columns = 4 * hidden..<5 * hidden
    for row in 0..<values.rows {
      values.copy(known.cells, row: row, toRow: row, column: columns.lowerBound)
      let scale = values.normalize(row: row, columns: columns, epsilon: epsilon)
      kept[row, scaleColumn] = scale
      for unit in 0..<hidden { values[row, 5 * hidden + unit] = shown(values[row, 4 * hidden + unit], unit) }
    }
    var shown = values.block(rows: 0..<values.rows, columns: 5 * hidden..<6 * hidden)
    Matrix.apply(activations.output, to: &shown)
  }

  /// n of a unit, from its normalised C'.
  @inline(__always)
  private func shown(_ normalized: Scalar, _ unit: Int) -> Scalar {
    gains.cell.span[unit] * normalized + gains.cellShift.span[unit]
  }

  /// do, dn, and in the place of the normalised C' its gradient by C'.
  private func retreatShown(
    _ unitGradients: borrowing MutableMatrixView<Scalar>, record: inout MutableMatrixView<Scalar>,
    values: inout MutableMatrixView<Scalar>, kept: inout MutableMatrixView<Scalar>
  ) {
    let hidden = hiddenSize
    for row in 0..<values.rows {
      for unit in 0..<hidden {
        let (o, value) = (3 * hidden + unit, values[row, 5 * hidden + unit])
        let normalized = values[row, 4 * hidden + unit]
        let slope = activations.output.slope(at: shown(normalized, unit), value: value)
        let d = unitGradients[row, unit] * values[row, o] * slope
        record[row, o] *= unitGradients[row, unit] * value
        kept[row, shownColumn + unit] = d
        kept[row, gainColumn + unit] = d * normalized
      }
      values.retreatNormalized(row: row, columns: 4 * hidden..<5 * hidden, scale: kept[row, scaleColumn]) { unit in
        kept[row, shownColumn + unit] * gains.cell.span[unit]
      }
    }
  }

  func formGates(
    _ known: borrowing BlockValues<Scalar>, record: borrowing MatrixView<Scalar>,
    into gates: inout MutableMatrixView<Scalar>
  ) {
    gates.copyRows(of: record)
    activations.apply(Matrix.self, to: &gates, hiddenSize: hiddenSize)
  }

  func formCells(
    _ before: borrowing MatrixView<Scalar>, record: borrowing MatrixView<Scalar>,
    into cells: inout MutableMatrixView<Scalar>
  ) {
    activations.formCells(before, record: record, peephole: Span(), into: &cells)
  }

  func collect(
    _ known: borrowing BlockValues<Scalar>, record: borrowing MatrixView<Scalar>,
    kept: inout MutableMatrixView<Scalar>, inputGradient: inout MutableMatrixView<Scalar>,
    weights gradients: inout LSTMWeights<Scalar>, team: ThreadTeam
  ) {
    gradients.bias.addColumnSums(record)
    gradients.gains!.cellShift.addColumnSums(kept.view.columns(shownColumn..<gainColumn))
    gradients.gains!.cell.addColumnSums(kept.view.columns(gainColumn..<scaleColumn))
    recurrentProduct.collect(
      known.hiddenSeen, kept: &kept, matrix: &gradients.matrix, gain: &gradients.gains!.recurrent, team: team
    ) { record[$0, $1] }
    inputProduct.collect(
      known.x, kept: &kept, matrix: &gradients.matrix, gain: &gradients.gains!.input, team: team
    ) { record[$0, $1] }
    multiplyInput(
      weights.matrix, kept.view.columns(inputProduct.columns), into: &inputGradient, team: team)
  }
}

extension LSTMWeights {
  /// An engine that trains what a normalised layer runs on, or nil where `engine` is none.
  func normalizedTrainer(
    _ engine: any LayerEngine<Scalar>, _ configuration: LSTMConfiguration
  ) -> (any TrainingEngine<LSTMWeights>)? {
    switch engine {
    case let naive as NormalizedLSTM<PlainMatrix<Scalar>>: NormalizedLSTMTrainer(naive, self, configuration)
    case let blas as NormalizedLSTM<BLASMatrix<Scalar>>: NormalizedLSTMTrainer(blas, self, configuration)
    default: nil
    }
  }
}
