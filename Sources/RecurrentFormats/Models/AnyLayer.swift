public import Recurrent

/// A layer whose cell the file decides.
///
///     switch try AnyLayer<Float>(contentsOf: "model.safetensors") {
///     case .lstm(let lstm): …
///     case .gru(let gru): …
///     case .rnn(let rnn): …
///     }
public enum AnyLayer<Scalar: RecurrentScalar>: Sendable {
  /// An LSTM.
  case lstm(LSTM<Scalar>)
  /// A GRU.
  case gru(GRU<Scalar>)
  /// A plain recurrent network.
  case rnn(RNN<Scalar>)

  /// Reads a layer from a file in the safetensors format: see `RecurrentLayer.init(contentsOf:named:engine:)`.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - name: the layer's name; nil where the file has one layer.
  ///   - activation: that of a plain RNN of PyTorch, whose file does not tell it; tanh where nil.
  ///   - engine: what runs it.
  public init(
    contentsOf path: String, named name: String? = nil, activation: Activation? = nil, engine: Engine = .fused
  ) throws(TensorFileError) {
    try self.init(TensorFile(contentsOf: path), named: name, activation: activation, engine: engine)
  }

  /// Reads a layer from a file that is open or in memory.
  public init(
    _ file: TensorFile, named name: String? = nil, activation: Activation? = nil, engine: Engine = .fused
  ) throws(TensorFileError) {
    let description = try file.layer(named: name)
    switch description.configuration {
    case .lstm: self = .lstm(try LSTM(file, description, engine: engine))
    case .gru: self = .gru(try GRU(file, description, engine: engine))
    case .rnn:
      if let activation {
        self = .rnn(try RNN(file, named: description.name, activation: activation, engine: engine))
      } else {
        self = .rnn(try RNN(file, description, engine: engine))
      }
    }
  }

  /// What all cells have in common.
  public var common: any RecurrentLayer<Scalar> {
    switch self {
    case .lstm(let lstm): lstm
    case .gru(let gru): gru
    case .rnn(let rnn): rnn
    }
  }
}
