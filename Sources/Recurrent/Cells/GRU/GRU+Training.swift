/// A GRU layer that learns, on some engine's products and functions, both kinds, with every activation and for either
/// scalar.
///
/// Recorded are the pre-activations of r z n, and where the reset comes after the product m = U_n·h + c_n, in whose place
/// its gradient dm = dn * r comes to stand.
struct GRUTrainer<Matrix: ConstantMatrix>: HoistingTrainer {
  typealias Scalar = Matrix.Scalar
  typealias Weights = GRUWeights<Scalar>

  let forward: HoistingGRU<Matrix>
  private let weights: GRUWeights<Scalar>
  /// [r z, H] and [n, H]: from the gradients of the gates, and of what the candidate sees of h, to that of h.
  private let recurrentGates: Matrix, recurrentCandidate: Matrix
  private let activations: GRUActivations
  private let hiddenSize: Int

  init(_ forward: HoistingGRU<Matrix>, _ weights: GRUWeights<Scalar>, _ configuration: GRUConfiguration) {
    let hidden = configuration.hiddenSize
    self.forward = forward
    self.weights = weights
    recurrentGates = Matrix(weights.matrix, rows: 0..<hidden, columns: 0..<2 * hidden, isTransposed: true)
    recurrentCandidate = Matrix(
      weights.matrix, rows: 0..<hidden, columns: 2 * hidden..<3 * hidden, isTransposed: true)
    activations = configuration.activations
    hiddenSize = hidden
  }

  private var resetsAfterProduct: Bool { weights.recurrentBias != nil }

  /// r z n.
  var valueSize: Int { 3 * hiddenSize }
  var productSize: Int { recurrentGates.width }
  /// Where the reset comes before the product, r * h.
  var keptSize: Int { resetsAfterProduct ? 0 : hiddenSize }

  func retreat(
    _ known: borrowing BlockValues<Scalar>, gradient: inout LayerState<Scalar>,
    record: inout MutableMatrixView<Scalar>, values: inout MutableMatrixView<Scalar>,
    product: inout MutableMatrixView<Scalar>, kept: inout MutableMatrixView<Scalar>
  ) {
    let (rows, hidden) = (record.rows, hiddenSize)
    activations.activate(Matrix.self, &record, values: &values, hiddenSize: hidden)
    var hiddenGradient = gradient.mutableHidden(rows: rows)
    values.retreatGates(known, &hiddenGradient, record: &record)
    if resetsAfterProduct {
      values.retreatReset(record: &record)
      form(&product, record.view.columns(3 * hidden..<4 * hidden), recurrentCandidate)
      known.masks?.maskRecurrent(&product)
      hiddenGradient.add(product.view)
    } else {
      form(&product, record.view.columns(2 * hidden..<3 * hidden), recurrentCandidate)
      for row in 0..<rows {
        for unit in 0..<hidden {
          let (r, h) = (values[row, unit], known.hiddenSeen[row, unit])
          record[row, unit] *= product[row, unit] * h
          product[row, unit] *= r
          kept[row, unit] = r * h
        }
      }
      known.masks?.maskRecurrent(&product)
      hiddenGradient.add(product.view)
    }
    form(&product, record.view.columns(0..<2 * hidden), recurrentGates)
    known.masks?.maskRecurrent(&product)
    hiddenGradient.add(product.view)
  }

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
    let (gates, candidate) = (0..<2 * hidden, 2 * hidden..<3 * hidden)
    let input = record.columns(0..<3 * hidden)
    addProduct(known.x, input, to: &gradients.matrix, firstRow: hidden, columns: 0..<3 * hidden, team: team)
    addProduct(
      known.hiddenSeen, record.columns(gates), to: &gradients.matrix, firstRow: 0, columns: gates, team: team)
    if resetsAfterProduct {
      let m = record.columns(3 * hidden..<4 * hidden)
      addProduct(known.hiddenSeen, m, to: &gradients.matrix, firstRow: 0, columns: candidate, team: team)
      gradients.recurrentBias!.addColumnSums(m)
    } else {
      addProduct(
        kept.view, record.columns(candidate), to: &gradients.matrix, firstRow: 0, columns: candidate, team: team)
    }
    gradients.bias.addColumnSums(input)
    multiplyInput(weights.matrix, input, into: &inputGradient, team: team)
  }
}

extension GRUActivations {
  /// r z n of a step from their pre-activations, which become the slopes there.
  @inline(__always)
  func activate<Matrix: ConstantMatrix>(
    _: Matrix.Type, _ record: inout MutableMatrixView<Matrix.Scalar>,
    values: inout MutableMatrixView<Matrix.Scalar>, hiddenSize hidden: Int
  ) {
    values.take(record, columns: 0..<3 * hidden, at: 0)
    apply(Matrix.self, to: &values, hiddenSize: hidden)
    gate.formSlopes(&record, values: values, columns: 0..<2 * hidden)
    candidate.formSlopes(&record, values: values, columns: 2 * hidden..<3 * hidden)
  }

  /// r z n in the place of their pre-activations, in the first columns of `values`.
  @inline(__always)
  func apply<Matrix: ConstantMatrix>(
    _: Matrix.Type, to values: inout MutableMatrixView<Matrix.Scalar>, hiddenSize hidden: Int
  ) {
    let rows = values.rows
    for (activation, columns) in [(gate, 0..<2 * hidden), (candidate, 2 * hidden..<3 * hidden)] {
      var part = values.block(rows: 0..<rows, columns: columns)
      Matrix.apply(activation, to: &part)
    }
  }
}

// Of a matrix [rows, 3·H] of the values r z n.
extension MutableMatrixView {
  /// The gradients dz dn in the place of their slopes, and of that of h' what goes past the gates.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func retreatGates(
    _ known: borrowing BlockValues<Scalar>, _ hiddenGradient: inout MutableMatrixView,
    record: inout MutableMatrixView
  ) {
    let hidden = hiddenGradient.columns
    for row in 0..<rows {
      for unit in 0..<hidden {
        let (r, z, n) = (unit, hidden + unit, 2 * hidden + unit)
        var slopes = GRUGates(reset: record[row, r], update: record[row, z], candidate: record[row, n])
        GRUGates(reset: self[row, r], update: self[row, z], candidate: self[row, n])
          .retreat(
            hiddenGradient: &hiddenGradient[row, unit], slopes: &slopes, hidden: known.hiddenBefore[row, unit])
        record[row, z] = slopes.update
        record[row, n] = slopes.candidate
      }
    }
  }

  /// dr in the place of its slope, and dm in that of m, for a reset after the product.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func retreatReset(record: inout MutableMatrixView) {
    let hidden = columns / 3
    for row in 0..<rows {
      for unit in 0..<hidden {
        let dn = record[row, 2 * hidden + unit]
        record[row, unit] *= dn * record[row, 3 * hidden + unit]
        record[row, 3 * hidden + unit] = dn * self[row, unit]
      }
    }
  }
}

extension GRUWeights {
  /// Engines that train what `stack` runs: `naive` on its own loops, `fused` on its kernels.
  public static func trainingEngines(
    _ stack: LayerStack<Scalar>, _ weights: [GRUWeights], _ configuration: GRUConfiguration, room: PackingRoom
  ) -> TrainingEngines<GRUWeights> {
    TrainingEngines(
      engines: zip(stack.engines, weights).map { engine, weights in
        if let trainer = weights.normalizedTrainer(engine, configuration) { return trainer }
        return switch engine {
        case let naive as HoistingGRU<PlainMatrix<Scalar>>: GRUTrainer(naive, weights, configuration)
        case let blas as HoistingGRU<BLASMatrix<Scalar>>: GRUTrainer(blas, weights, configuration)
        case let fused as FusedEngine<FusedGRUCell>: fused.trainer(FusedGRURetreat.self, weights, room: room)!
        case let fused as FusedEngine<FusedResetBeforeGRUCell>:
          fused.trainer(FusedResetBeforeGRURetreat.self, weights, room: room)!
        default: GRUTrainer(HoistingGRU<BLASMatrix<Scalar>>(weights, configuration), weights, configuration)
        }
      })
  }
}
