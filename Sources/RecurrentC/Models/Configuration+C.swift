internal import CRecurrent
internal import Recurrent

/// A configuration that C callers can ask for and be told of.
protocol DescribableConfiguration: LayerConfiguration {
  /// From what a C caller asks for, whose sizes and regularisation are checked.
  init(cell configuration: recurrent_configuration) throws(Failure)
  /// Adds the cell and its options to what a C caller is told.
  func describeCell(in configuration: inout recurrent_configuration)
  /// The numbers of a layer and direction besides matrix and bias. (A Double, in which sizes do not overflow.)
  var furtherParameters: Double { get }
}

extension DescribableConfiguration {
  /// From what a C caller asks for.
  init(_ c: recurrent_configuration) throws(Failure) {
    try c.checkSizes()
    try self.init(cell: c)
    inputSize = c.input_size
    hiddenSize = c.hidden_size
    layerCount = max(c.layer_count, 1)
    isBidirectional = c.direction_count == 2
    regularization = try Regularization(c.regularization, hasCell: shape.hasCell)
    if let flaw { throw Failure(RECURRENT_INVALID_ARGUMENT, flaw) }
  }

  /// As a C caller is told of it.
  func described(engine: Engine) -> recurrent_configuration {
    var c = recurrent_configuration()
    c.engine = engine.described
    c.input_size = inputSize
    c.hidden_size = hiddenSize
    c.layer_count = layerCount
    c.direction_count = isBidirectional ? 2 : 1
    c.regularization = regularization.described
    describeCell(in: &c)
    return c
  }

  /// The numbers of all weights: exact where they are fewer than 2⁵³.
  var parameterNumber: Double {
    let (hidden, gates) = (Double(hiddenSize), Double(shape.gateCount))
    let (output, directions) = (Double(shape.outputSize), Double(shape.directionCount))
    let further = gates * hidden + furtherParameters
    let first = (output + Double(inputSize)) * gates * hidden + further
    let above = (output + output * directions) * gates * hidden + further
    return directions * (first + Double(layerCount - 1) * above)
  }
}

extension recurrent_configuration {
  /// Throws unless all sizes can be worked with.
  fileprivate func checkSizes() throws(Failure) {
    func checkSize(_ name: StaticString, _ size: Int, least: Int) throws(Failure) {
      let limit = 1 << 28
      try check(
        size >= least && size <= limit,
        "\(name) is \(UInt(bitPattern: size)); it must be from \(least) to \(limit)")
    }
    try checkSize("input_size", input_size, least: 1)
    try checkSize("hidden_size", hidden_size, least: 1)
    try checkSize("layer_count", layer_count, least: 0)
    try checkSize("projection_size", projection_size, least: 0)
    try check(
      direction_count >= 0 && direction_count <= 2,
      "direction_count is \(UInt(bitPattern: direction_count)); it must be 1 or 2, or 0 for 1")
  }

  /// The layer normalisation that a C caller asks for.
  var normalization: LayerNormalization? {
    normalization_epsilon == 0 ? nil : LayerNormalization(epsilon: normalization_epsilon)
  }

  /// Throws where options of the LSTM are set for another cell.
  func checkNoLSTMOptions(_ cell: StaticString) throws(Failure) {
    try check(projection_size == 0, "projection_size is \(projection_size), but \(cell) has no projection")
    try check(has_peepholes == 0, "has_peepholes is \(has_peepholes), but \(cell) has no peephole connections")
    try check(couples_forget == 0, "couples_forget is \(couples_forget), but \(cell) has no forget gate")
    try checkAbsent("output_activation", output_activation, in: cell)
  }

  /// Throws where the option of the GRU is set for another cell.
  func checkNoReset(_ cell: StaticString) throws(Failure) {
    try check(reset == RECURRENT_AFTER_PRODUCT, "reset is \(reset.rawValue), but \(cell) has no reset gate")
  }
}

extension Engine {
  /// The engine that a C caller asks for.
  init(_ engine: recurrent_engine) throws(Failure) {
    switch engine {
    case RECURRENT_FUSED: self = .fused
    case RECURRENT_BLAS: self = .blas
    case RECURRENT_NAIVE: self = .naive
    default: throw Failure(RECURRENT_INVALID_ARGUMENT, "engine is \(engine.rawValue), which is no engine")
    }
  }

  /// The engine, as a C caller sees it.
  var described: recurrent_engine {
    switch self {
    case .fused: RECURRENT_FUSED
    case .blas: RECURRENT_BLAS
    case .naive: RECURRENT_NAIVE
    }
  }
}

extension Regularization {
  /// What a C caller asks for.
  init(_ c: recurrent_regularization, hasCell: Bool) throws(Failure) {
    func checked(_ name: StaticString, _ probability: Double) throws(Failure) -> Double {
      try check(probability >= 0 && probability < 1, "\(name) is \(probability); it must be from 0 to below 1")
      return probability
    }
    self.init(
      dropout: try checked("dropout", c.dropout), inputDropout: try checked("input_dropout", c.input_dropout),
      recurrentDropout: try checked("recurrent_dropout", c.recurrent_dropout),
      hiddenZoneout: try checked("hidden_zoneout", c.hidden_zoneout),
      cellZoneout: try checked("cell_zoneout", c.cell_zoneout),
      dropConnect: try checked("drop_connect", c.drop_connect))
    try check(hasCell || cellZoneout == 0, "cell_zoneout is \(cellZoneout), but the cell has no C")
  }

  /// The regularisation, as a C caller sees it.
  var described: recurrent_regularization {
    recurrent_regularization(
      dropout: dropout, input_dropout: inputDropout, recurrent_dropout: recurrentDropout,
      hidden_zoneout: hiddenZoneout, cell_zoneout: cellZoneout, drop_connect: dropConnect)
  }
}
