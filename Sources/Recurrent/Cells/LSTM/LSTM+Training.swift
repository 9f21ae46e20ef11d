/// An LSTM layer that learns, on some engine's products and functions, with every option and for either scalar.
///
/// Recorded are the pre-activations of i f g o, with the bias and without peepholes: value and slope of any activation
/// follow from them.
struct LSTMTrainer<Forward: RecordingEngine, Matrix: ConstantMatrix>: HoistingTrainer
where Forward.Scalar == Matrix.Scalar {
  typealias Scalar = Matrix.Scalar
  typealias Weights = LSTMWeights<Scalar>

  let forward: Forward
  private let weights: LSTMWeights<Scalar>
  private let peephole: Tensor<Scalar>
  /// [i f g o, R]: from the gradients of the gates to that of h.
  private let recurrent: Matrix
  /// [P, H]: from the gradient of h to that of the units, or nil.
  private let projection: Matrix?
  private let activations: LSTMActivations
  private let hiddenSize: Int
  private let outputSize: Int

  init(_ forward: Forward, _ weights: LSTMWeights<Scalar>, _ configuration: LSTMConfiguration) {
    (hiddenSize, outputSize) = (configuration.hiddenSize, configuration.outputSize)
    self.forward = forward
    self.weights = weights
    peephole = weights.peephole ?? Tensor(shape: [0])
    recurrent = Matrix(weights.matrix, rows: 0..<outputSize, columns: 0..<4 * hiddenSize, isTransposed: true)
    projection = weights.projection.map { [hiddenSize, outputSize] in
      Matrix($0, rows: 0..<hiddenSize, columns: 0..<outputSize, isTransposed: true)
    }
    activations = configuration.activations
  }

  /// i f g o, and φ(C').
  var valueSize: Int { 5 * hiddenSize }
  var productSize: Int { max(recurrent.width, projection?.width ?? 0) }
  /// With a projection the units o * φ(C'), and the gradient of h.
  var keptSize: Int { projection == nil ? 0 : hiddenSize + outputSize }

  func retreat(
    _ known: borrowing BlockValues<Scalar>, gradient: inout LayerState<Scalar>,
    record: inout MutableMatrixView<Scalar>, values: inout MutableMatrixView<Scalar>,
    product: inout MutableMatrixView<Scalar>, kept: inout MutableMatrixView<Scalar>
  ) {
    let (rows, hidden, output) = (record.rows, hiddenSize, outputSize)
    activate(known, record: &record, values: &values)
    if let projection {
      form(&product, gradient.hidden(rows: rows), projection)
      gradient.setUnits(product)
      for row in 0..<rows {
        for unit in 0..<hidden { kept[row, unit] = values[row, 3 * hidden + unit] * values[row, 4 * hidden + unit] }
      }
      var hiddenGradients = kept.block(rows: 0..<rows, columns: hidden..<hidden + output)
      hiddenGradients.copyRows(of: gradient.hidden(rows: rows))
    }
    retreatUnits(known, gradient: &gradient, record: &record, values: values)
    form(&product, record.view, recurrent)
    known.masks?.maskRecurrent(&product)
    var hiddenGradient = gradient.mutableHidden(rows: rows)
    hiddenGradient.copyRows(of: product.view)
  }

  /// The activations of a step from the record, which becomes their slopes.
  private func activate(
    _ known: borrowing BlockValues<Scalar>, record: inout MutableMatrixView<Scalar>,
    values: inout MutableMatrixView<Scalar>
  ) {
    let (rows, hidden) = (record.rows, hiddenSize)
    addPeepholes(known, to: &record)
    for row in 0..<rows { values.copy(known.cells, row: row, toRow: row, column: 4 * hidden) }
    activations.activate(Matrix.self, &record, values: &values, hiddenSize: hidden)
    var shown = values.block(rows: 0..<rows, columns: 4 * hidden..<5 * hidden)
    Matrix.apply(activations.output, to: &shown)
    guard activations.couplesForget else { return }
    couple(&values)
    var slopes = record.block(rows: 0..<rows, columns: hidden..<2 * hidden)
    slopes.fill(with: 0)  // those of a gate that is not there
  }

  /// What the gates see of C, in their pre-activations.
  private func addPeepholes(
    _ known: borrowing BlockValues<Scalar>, to record: inout MutableMatrixView<Scalar>
  ) {
    guard peephole.count > 0 else { return }
    let hidden = hiddenSize
    for row in 0..<record.rows {
      for unit in 0..<hidden {
        let p = LSTMPeepholes(of: unit, in: peephole.span, hiddenSize: hidden)
        record[row, unit] += p.input * known.cellsBefore[row, unit]
        record[row, hidden + unit] += p.forget * known.cellsBefore[row, unit]
        record[row, 3 * hidden + unit] += p.output * known.cells[row, unit]
      }
    }
  }

  /// f = 1 - i.
  private func couple(_ values: inout MutableMatrixView<Scalar>) {
    for row in 0..<values.rows {
      for unit in 0..<hiddenSize { values[row, hiddenSize + unit] = 1 - values[row, unit] }
    }
  }

  /// The equations for every unit.
  private func retreatUnits(
    _ known: borrowing BlockValues<Scalar>, gradient: inout LayerState<Scalar>,
    record: inout MutableMatrixView<Scalar>, values: borrowing MutableMatrixView<Scalar>
  ) {
    let hidden = hiddenSize
    gradient.updateUnits(rows: record.rows) { cellGradients, unitGradients in
      for row in 0..<unitGradients.rows {
        for unit in 0..<hidden {
          let (i, f, g, o) = (unit, hidden + unit, 2 * hidden + unit, 3 * hidden + unit)
          let (shown, cell) = (values[row, 4 * hidden + unit], known.cellsBefore[row, unit])
          // What i lets into C': where f = 1 - i it also takes from C, C' = C + i * (g - C).
          let entering = activations.couplesForget ? values[row, g] - cell : values[row, g]
          var gates = LSTMGates(
            input: record[row, i], forget: record[row, f], candidate: record[row, g], output: record[row, o])
          LSTMPeepholes(of: unit, in: peephole.span, hiddenSize: hidden).retreat(
            cellGradient: &cellGradients[row, unit], unitGradient: unitGradients[row, unit],
            gates: LSTMGates(
              input: values[row, i], forget: values[row, f], candidate: entering, output: values[row, o]),
            slopes: &gates, cell: cell, shown: shown,
            shownSlope: activations.output.slope(at: known.cells[row, unit], value: shown))
          record[row, i] = gates.input
          record[row, f] = gates.forget
          record[row, g] = gates.candidate
          record[row, o] = gates.output
        }
      }
    }
  }

  func formGates(
    _ known: borrowing BlockValues<Scalar>, record: borrowing MatrixView<Scalar>,
    into gates: inout MutableMatrixView<Scalar>
  ) {
    gates.copyRows(of: record)
    addPeepholes(known, to: &gates)
    activations.apply(Matrix.self, to: &gates, hiddenSize: hiddenSize)
    if activations.couplesForget { couple(&gates) }
  }

  func formCells(
    _ before: borrowing MatrixView<Scalar>, record: borrowing MatrixView<Scalar>,
    into cells: inout MutableMatrixView<Scalar>
  ) {
    activations.formCells(before, record: record, peephole: peephole.span, into: &cells)
  }

  func collect(
    _ known: borrowing BlockValues<Scalar>, record: borrowing MatrixView<Scalar>,
    kept: inout MutableMatrixView<Scalar>, inputGradient: inout MutableMatrixView<Scalar>,
    weights gradients: inout LSTMWeights<Scalar>, team: ThreadTeam
  ) {
    let hidden = hiddenSize
    addWeightGradients(known, record, columns: 0..<4 * hidden, to: &gradients.matrix, team: team)
    gradients.bias.addColumnSums(record)
    multiplyInput(weights.matrix, record, into: &inputGradient, team: team)
    if gradients.peephole != nil {
      known.addPeepholeGradients(record, hiddenSize: hidden, to: &gradients.peephole!, adding: true)
    }
    if gradients.projection != nil {
      var target = MutableMatrixView(gradients.projection!.mutableSpan, rows: hidden, columns: outputSize)
      Matrix.multiply(
        kept.view.columns(0..<hidden).transposed, kept.view.columns(hidden..<hidden + outputSize), into: &target,
        adding: true, team: team)
    }
  }
}

extension LSTMActivations {
  /// i f g o of a step, in the first columns of `values`, from their pre-activations, which become the slopes there.
  @inline(__always)
  func activate<Matrix: ConstantMatrix>(
    _: Matrix.Type, _ record: inout MutableMatrixView<Matrix.Scalar>,
    values: inout MutableMatrixView<Matrix.Scalar>, hiddenSize hidden: Int
  ) {
    values.take(record, columns: 0..<4 * hidden, at: 0)
    apply(Matrix.self, to: &values, hiddenSize: hidden)
    gate.formSlopes(&record, values: values, columns: 0..<2 * hidden)
    candidate.formSlopes(&record, values: values, columns: 2 * hidden..<3 * hidden)
    gate.formSlopes(&record, values: values, columns: 3 * hidden..<4 * hidden)
  }

  /// i f g o in the place of their pre-activations, in the first columns of `values`.
  @inline(__always)
  func apply<Matrix: ConstantMatrix>(
    _: Matrix.Type, to values: inout MutableMatrixView<Matrix.Scalar>, hiddenSize hidden: Int
  ) {
    let rows = values.rows
    for (activation, columns) in [
      (gate, 0..<2 * hidden), (candidate, 2 * hidden..<3 * hidden), (gate, 3 * hidden..<4 * hidden),
    ] {
      var part = values.block(rows: 0..<rows, columns: columns)
      Matrix.apply(activation, to: &part)
    }
  }

  /// C' of every row, from C before it and the pre-activations; `peephole` is empty where there is none.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func formCells<Scalar: RecurrentScalar>(
    _ before: borrowing MatrixView<Scalar>, record: borrowing MatrixView<Scalar>, peephole: Span<Scalar>,
    into cells: inout MutableMatrixView<Scalar>
  ) {
    let hidden = cells.columns
    for row in 0..<cells.rows {
      for unit in 0..<hidden {
        var cell = before[row, unit]
        _ = advance(
          cell: &cell, input: record[row, unit], forget: record[row, hidden + unit],
          candidate: record[row, 2 * hidden + unit], output: record[row, 3 * hidden + unit],
          peepholes: LSTMPeepholes(of: unit, in: peephole, hiddenSize: hidden))
        cells[row, unit] = cell
      }
    }
  }
}

extension BlockValues {
  /// Adds what the gradients of i f g o say of the peephole weights to what stands there, if that counts; the rows come in
  /// ascending order.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func addPeepholeGradients(
    _ gradients: borrowing MatrixView<Scalar>, hiddenSize hidden: Int, to peephole: inout Tensor<Scalar>,
    adding: Bool
  ) {
    var p = peephole.mutableSpan
    if !adding { p.update(repeating: 0) }
    for row in 0..<gradients.rows {
      for unit in 0..<hidden {
        p[unit] += gradients[row, unit] * cellsBefore[row, unit]
        p[hidden + unit] += gradients[row, hidden + unit] * cellsBefore[row, unit]
        p[2 * hidden + unit] += gradients[row, 3 * hidden + unit] * cells[row, unit]
      }
    }
  }
}

typealias NaiveLSTMTrainer<Scalar: RecurrentScalar> = LSTMTrainer<NaiveLSTM<Scalar>, PlainMatrix<Scalar>>
typealias BLASLSTMTrainer<Scalar: RecurrentScalar> = LSTMTrainer<BLASLSTM<Scalar>, BLASMatrix<Scalar>>

extension LSTMWeights {
  /// Engines that train what `stack` runs: `naive` on its own loops, `fused` on its kernels.
  public static func trainingEngines(
    _ stack: LayerStack<Scalar>, _ weights: [LSTMWeights], _ configuration: LSTMConfiguration, room: PackingRoom
  ) -> TrainingEngines<LSTMWeights> {
    TrainingEngines(
      engines: zip(stack.engines, weights).map { engine, weights in
        if let trainer = weights.normalizedTrainer(engine, configuration) { return trainer }
        return switch engine {
        case let naive as NaiveLSTM<Scalar>: NaiveLSTMTrainer(naive, weights, configuration)
        case let blas as BLASLSTM<Scalar>: BLASLSTMTrainer(blas, weights, configuration)
        case let fused as FusedEngine<FusedLSTMCell>: fused.trainer(FusedLSTMRetreat.self, weights, room: room)!
        default: BLASLSTMTrainer(BLASLSTM(weights, configuration), weights, configuration)
        }
      })
  }
}
