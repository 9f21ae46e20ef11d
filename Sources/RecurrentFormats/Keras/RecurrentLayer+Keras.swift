#if HDF5
  public import Recurrent

  extension LSTM {
    /// Reads an LSTM of Keras: a layer `LSTM`, an `RNN` with an `LSTMCell`, a `CuDNNLSTM`, or a `Bidirectional` of them.
    ///
    /// Dropout, regularisers and initialisers of the file are those of training in Keras, and are not taken over. Numbers
    /// become `Scalar` exactly where that is the wider kind, else rounded.
    ///
    /// - Parameters:
    ///   - file: the file.
    ///   - name: one of its `layerNames`; nil for its only layer.
    ///   - assumptions: what the file may leave unsaid.
    ///   - engine: what is to run it.
    /// - Complexity: O(number of parameters); of other layers nothing is read.
    public init(
      _ file: KerasFile, named name: String? = nil, assuming assumptions: KerasAssumptions = KerasAssumptions(),
      engine: Engine = .fused
    ) throws(KerasError) {
      try self.init(file, file.layer(named: name, assuming: assumptions), engine: engine)
    }

    /// Reads a layer that a file holds.
    init(_ file: KerasFile, _ layer: KerasLayer, engine: Engine) throws(KerasError) {
      guard case .lstm(let configuration) = layer.configuration else { throw layer.isNo("LSTM") }
      let weights = try layer.weights(in: file, of: Scalar.self).map {
        LSTMWeights($0, in: .keras(layer.cells[0].orientation))
      }
      self.init(configuration, parameters: LayerParameters(configuration, weights: weights), engine: engine)
    }
  }

  extension GRU {
    /// Reads a GRU of Keras: a layer `GRU`, an `RNN` with a `GRUCell`, a `CuDNNGRU`, or a `Bidirectional` of them.
    ///
    /// Dropout, regularisers and initialisers of the file are those of training in Keras, and are not taken over. Numbers
    /// become `Scalar` exactly where that is the wider kind, else rounded.
    ///
    /// - Parameters:
    ///   - file: the file.
    ///   - name: one of its `layerNames`; nil for its only layer.
    ///   - assumptions: what the file may leave unsaid.
    ///   - engine: what is to run it.
    /// - Complexity: O(number of parameters); of other layers nothing is read.
    public init(
      _ file: KerasFile, named name: String? = nil, assuming assumptions: KerasAssumptions = KerasAssumptions(),
      engine: Engine = .fused
    ) throws(KerasError) {
      try self.init(file, file.layer(named: name, assuming: assumptions), engine: engine)
    }

    /// Reads a layer that a file holds.
    init(_ file: KerasFile, _ layer: KerasLayer, engine: Engine) throws(KerasError) {
      guard case .gru(let configuration) = layer.configuration else { throw layer.isNo("GRU") }
      let weights = try layer.weights(in: file, of: Scalar.self).map {
        GRUWeights($0, in: .keras(layer.cells[0].orientation), reset: configuration.reset)
      }
      self.init(configuration, parameters: LayerParameters(configuration, weights: weights), engine: engine)
    }
  }

  extension RNN {
    /// Reads a plain recurrent network of Keras: a layer `SimpleRNN`, an `RNN` with a `SimpleRNNCell`, or a `Bidirectional`
    /// of them.
    ///
    /// Dropout, regularisers and initialisers of the file are those of training in Keras, and are not taken over. Numbers
    /// become `Scalar` exactly where that is the wider kind, else rounded.
    ///
    /// - Parameters:
    ///   - file: the file.
    ///   - name: one of its `layerNames`; nil for its only layer.
    ///   - assumptions: what the file may leave unsaid.
    ///   - engine: what is to run it.
    /// - Complexity: O(number of parameters); of other layers nothing is read.
    public init(
      _ file: KerasFile, named name: String? = nil, assuming assumptions: KerasAssumptions = KerasAssumptions(),
      engine: Engine = .fused
    ) throws(KerasError) {
      try self.init(file, file.layer(named: name, assuming: assumptions), engine: engine)
    }

    /// Reads a layer that a file holds.
    init(_ file: KerasFile, _ layer: KerasLayer, engine: Engine) throws(KerasError) {
      guard case .rnn(let configuration) = layer.configuration else { throw layer.isNo("RNN") }
      let weights = try layer.weights(in: file, of: Scalar.self).map {
        RNNWeights($0, in: layer.cells[0].orientation)
      }
      self.init(configuration, parameters: LayerParameters(configuration, weights: weights), engine: engine)
    }
  }

  extension AnyLayer {
    /// Reads a recurrent layer of Keras, whose cell the file decides: see `LSTM.init(_:named:assuming:engine:)`.
    public init(
      _ file: KerasFile, named name: String? = nil, assuming assumptions: KerasAssumptions = KerasAssumptions(),
      engine: Engine = .fused
    ) throws(KerasError) {
      let layer = try file.layer(named: name, assuming: assumptions)
      switch layer.configuration {
      case .lstm: self = .lstm(try LSTM(file, layer, engine: engine))
      case .gru: self = .gru(try GRU(file, layer, engine: engine))
      case .rnn: self = .rnn(try RNN(file, layer, engine: engine))
      }
    }
  }

  extension KerasLayer {
    /// The numbers of each direction.
    fileprivate func weights<Scalar: RecurrentScalar>(
      in file: KerasFile, of _: Scalar.Type
    ) throws(KerasError) -> [ForeignWeights<Scalar>] {
      var weights: [ForeignWeights<Scalar>] = []
      for cell in cells { weights.append(try cell.weights(in: file.file, of: Scalar.self)) }
      return weights
    }

    /// It is another cell than the caller wants.
    fileprivate func isNo(_ cellName: String) -> KerasError {
      .mismatch("the layer '\(name)'", found: configuration.cellName, wanted: cellName)
    }
  }
#endif
