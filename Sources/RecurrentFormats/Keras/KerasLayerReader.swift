#if HDF5
  internal import Recurrent

  /// Makes a layer's configuration of what its cells' shapes, the model's configuration and the caller say, which must
  /// agree.
  struct KerasLayerReader {
    let name: String
    let cells: [KerasCell]
    /// What the model's configuration says; nil where it says nothing.
    let settings: KerasSettings?
    let assumptions: KerasAssumptions

    private var cell: KerasCell { cells[0] }

    /// The layer's cell, sizes and options.
    func configuration() throws(KerasError) -> CellConfiguration {
      try requireAgreement()
      let activation = try option(
        "activation", file: settings?.activation, caller: assumptions.activation, default: .tanh)
      let gate = try option(
        "recurrent_activation", file: cell.gateCount > 1 ? settings?.recurrentActivation : nil,
        caller: cell.gateCount > 1 ? assumptions.recurrentActivation : nil, default: .sigmoid)
      let isBidirectional = cells.count == 2
      let configuration: CellConfiguration =
        switch cell.gateCount {
        case 4:
          .lstm(
            LSTMConfiguration(
              inputSize: cell.inputSize, hiddenSize: cell.hiddenSize, isBidirectional: isBidirectional,
              activations: LSTMActivations(gate: gate, candidate: activation, output: activation)))
        case 3:
          .gru(
            GRUConfiguration(
              inputSize: cell.inputSize, hiddenSize: cell.hiddenSize, isBidirectional: isBidirectional,
              reset: try reset(), activations: GRUActivations(gate: gate, candidate: activation)))
        default:
          .rnn(
            RNNConfiguration(
              inputSize: cell.inputSize, hiddenSize: cell.hiddenSize, isBidirectional: isBidirectional,
              activation: activation))
        }
      if let flaw = configuration.common.flaw { throw .badLayer(name, reason: flaw) }
      return configuration
    }

    /// Throws where two directions differ, or the configuration speaks of another cell than the datasets are of.
    private func requireAgreement() throws(KerasError) {
      for other in cells.dropFirst() {
        for (dataset, wanted) in zip(other.datasets, cell.datasets) where dataset.shape != wanted.shape {
          throw .badDataset(
            dataset.path, reason: "its shape is \(dataset.shape), not \(wanted.shape) as in the other direction")
        }
        guard other.datasets.count == cell.datasets.count else {
          throw .badLayer(name, reason: "one of its directions has a bias, and the other has none")
        }
      }
      guard let settings else { return }
      let wanted = ([1: [.simpleRNN], 3: [.gru, .cuDNNGRU], 4: [.lstm, .cuDNNLSTM]] as [Int: [KerasSettings.Cell]])
      guard wanted[cell.gateCount]!.contains(settings.cell) else {
        throw bad("class_name", "it is \(settings.cell.rawValue), and \(cell.gateCount) gates stand in the file")
      }
      let isCuDNN = [.cuDNNLSTM, .cuDNNGRU].contains(settings.cell)
      guard isCuDNN == (cell.biasForm == .cuDNN) else {
        throw bad("class_name", "it is \(settings.cell.rawValue), and the bias has another form")
      }
      guard settings.units == cell.hiddenSize else {
        throw bad("units", "it is \(settings.units), and \(cell.hiddenSize) stand in the file")
      }
      guard settings.usesBias == (cell.bias != nil) else {
        throw bad("use_bias", "it is \(settings.usesBias), and the file has \(cell.bias == nil ? "no" : "a") bias")
      }
      guard !settings.isStateful || assumptions.carriesState else {
        throw .unsupported(
          "stateful", layer: name, reason: "it is true, and the caller does not say that he carries the state on")
      }
    }

    /// Throws where a cell without a configuration has a name of its own that is not that of what its shapes tell.
    func requireKnownCell(_ found: String?) throws(KerasError) {
      guard let found else { return }
      let names = [1: "simple_rnn_cell", 3: "gru_cell", 4: "lstm_cell"]
      let wanted = names[cell.gateCount]!
      guard found == wanted || found.hasPrefix(wanted + "_") && Int(found.dropFirst(wanted.count + 1)) != nil else {
        throw .badLayer(
          name, reason: "its cell is named '\(found)', and its tensors have the shapes of a \(wanted)")
      }
    }

    /// Where a GRU resets, which its bias tells.
    private func reset() throws(KerasError) -> GRUReset {
      let told: GRUReset? =
        switch cell.biasForm {
        case .none: nil
        case .one: .beforeProduct
        case .two, .cuDNN: .afterProduct
        }
      if let told, let said = settings?.reset, said != told {
        throw bad("reset_after", "it is \(said == .afterProduct), and the bias is that of the other kind")
      }
      return try option(
        "reset_after", file: told ?? settings?.reset, caller: assumptions.reset, default: .afterProduct)
    }

    /// What the file says, or else the caller, or else Keras.
    private func option<Value: Equatable>(
      _ attribute: String, file: Value?, caller: Value?, default value: Value
    ) throws(KerasError) -> Value {
      if let file, let caller, file != caller {
        throw .mismatch("the attribute '\(attribute)' of layer '\(name)'", found: "\(file)", wanted: "\(caller)")
      }
      return file ?? caller ?? value
    }

    private func bad(_ attribute: String, _ reason: String) -> KerasError {
      .badAttribute(attribute, layer: name, reason: reason)
    }
  }
#endif
