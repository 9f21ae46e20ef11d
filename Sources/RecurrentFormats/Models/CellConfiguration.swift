public import Recurrent

/// The sizes and options of a layer whose cell is not known before its file is read.
public enum CellConfiguration: Hashable, Sendable {
  /// Of an LSTM.
  case lstm(LSTMConfiguration)
  /// Of a GRU.
  case gru(GRUConfiguration)
  /// Of a plain recurrent network.
  case rnn(RNNConfiguration)

  /// What all cells' configurations have in common.
  public var common: any LayerConfiguration {
    switch self {
    case .lstm(let configuration): configuration
    case .gru(let configuration): configuration
    case .rnn(let configuration): configuration
    }
  }

  /// The name of the cell, for messages: "LSTM".
  public var cellName: String { type(of: common).cellName }
}
