#if HDF5
  /// The datasets of a cell, and what their shapes tell.
  ///
  /// The recurrent kernel has H rows and, in an LSTM, 4·H columns, 3·H in a GRU and H in a plain RNN.
  struct KerasCell: Sendable {
    /// The forms that a bias has.
    enum Bias: Sendable {
      /// There is none.
      case none
      /// [G·H].
      case one
      /// [2, G·H]: of the input, and of h. A GRU that resets after the product.
      case two
      /// [2·G·H]: the same in a row. The layers CuDNNLSTM and CuDNNGRU of Keras 2, whose kernels are cuDNN's own, too.
      case cuDNN
    }

    let kernel: HDF5Dataset
    let recurrentKernel: HDF5Dataset
    let bias: HDF5Dataset?
    let gateCount: Int
    let hiddenSize: Int
    let inputSize: Int
    let biasForm: Bias

    var datasets: [HDF5Dataset] { [kernel, recurrentKernel] + (bias.map { [$0] } ?? []) }

    /// Reads the headers of the datasets in a group: numbered, or with names, which may have ":0" behind them.
    init(_ file: HDF5File, at group: String, isNumbered: Bool) throws(KerasError) {
      var names: [String] = []
      for (name, member) in try file.members(of: group) where member == .dataset { names.append(name) }
      let known = isNumbered ? ["0", "1", "2"] : ["kernel", "recurrent_kernel", "bias"]
      func own(_ name: String) -> String { !isNumbered && name.hasSuffix(":0") ? String(name.dropLast(2)) : name }
      if let other = names.first(where: { !known.contains(own($0)) }) { throw .unexpectedDataset("\(group)/\(other)") }
      func dataset(_ part: Int) throws(KerasError) -> HDF5Dataset? {
        guard let name = names.first(where: { own($0) == known[part] }) else { return nil }
        return try file.dataset("\(group)/\(name)")
      }
      func matrix(_ part: Int) throws(KerasError) -> HDF5Dataset {
        guard let matrix = try dataset(part) else { throw .missingDataset("\(group)/\(known[part])") }
        guard matrix.shape.count == 2 else {
          throw .badDataset(matrix.path, reason: "its shape is \(matrix.shape), not that of a matrix")
        }
        return matrix
      }
      kernel = try matrix(0)
      recurrentKernel = try matrix(1)
      bias = try dataset(2)
      inputSize = kernel.shape[0]
      let (units, width) = (recurrentKernel.shape[0], recurrentKernel.shape[1])
      guard units > 0, width.isMultiple(of: units), [1, 3, 4].contains(width / units) else {
        throw .badDataset(
          recurrentKernel.path,
          reason: "\(width) columns of gates for \(units) units; an LSTM has 4 of each, a GRU 3, a plain RNN 1")
      }
      (hiddenSize, gateCount) = (units, width / units)
      guard kernel.shape[1] == width else {
        throw .badDataset(kernel.path, reason: "its shape is \(kernel.shape), not \([kernel.shape[0], width])")
      }
      biasForm = try Self.form(bias, width: width, gateCount: gateCount)
    }

    private static func form(_ bias: HDF5Dataset?, width: Int, gateCount: Int) throws(KerasError) -> Bias {
      guard let bias else { return .none }
      switch bias.shape {
      case [width]: return .one
      case [2, width] where gateCount == 3: return .two
      case [2 * width] where gateCount > 1: return .cuDNN
      default:
        let pair = gateCount == 3 ? ", \([2, width])" : ""
        throw .badDataset(bias.path, reason: "its shape is \(bias.shape), not \([width])\(pair)")
      }
    }
  }
#endif
