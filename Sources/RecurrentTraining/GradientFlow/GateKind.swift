public import Recurrent

/// What one of the gates of a cell is, and what its values tell.
public struct GateKind: Hashable, Sendable {
  /// The numbers that a gate can have.
  public enum Range: Hashable, Sendable {
    /// From 0 to 1, as σ gives them: a share.
    case share
    /// From −1 to 1, as tanh gives them.
    case signed
    /// Any.
    case open
  }

  /// Its letter in the equations: "f".
  public let symbol: String
  /// "forget gate".
  public let name: String
  /// The numbers that its activation gives.
  public let range: Range
  /// Whether it is the share of its state that a unit keeps: f of an LSTM, z of a GRU.
  public let keepsState: Bool

  /// A value below this, or above the other one, is saturated: there the activation hardly has a slope, and little of a
  /// gradient comes through.
  public var saturation: (low: Double, high: Double) {
    switch range {
    case .share: (0.1, 0.9)
    case .signed: (-0.9, 0.9)
    case .open: (-.infinity, .infinity)
    }
  }
}

/// A recurrent layer of a cell whose gates can be told apart: an LSTM, a GRU, and a plain RNN with its h for the only one.
public protocol GatedLayer<Scalar>: RecurrentLayer {
  /// The gates, in the order of their blocks in every matrix.
  var gateKinds: [GateKind] { get }
  /// From h to what the candidate sees of it, before any gate acts: [R, R], with the projection where there is one.
  func candidateMatrix(_ weights: Weights) -> Tensor<Scalar>
}

extension LSTM: GatedLayer {
  /// i f g o.
  public var gateKinds: [GateKind] {
    let activations = configuration.activations
    return LSTMGate.allCases.map { gate in
      switch gate {
      case .input: GateKind(symbol: "i", name: "input gate", range: activations.gate.range, keepsState: false)
      case .forget: GateKind(symbol: "f", name: "forget gate", range: activations.gate.range, keepsState: true)
      case .candidate: GateKind(symbol: "g", name: "candidate", range: activations.candidate.range, keepsState: false)
      case .output: GateKind(symbol: "o", name: "output gate", range: activations.gate.range, keepsState: false)
      }
    }
  }

  /// The recurrent block of g; with a projection, that times the projection.
  public func candidateMatrix(_ weights: LSTMWeights<Scalar>) -> Tensor<Scalar> {
    let hidden = configuration.hiddenSize
    let block = weights.matrix.recurrentBlock(LSTMGate.candidate.rawValue, rows: configuration.outputSize, of: hidden)
    guard let projection = weights.projection else { return block }
    return block.multiplied(by: projection)
  }
}

extension GRU: GatedLayer {
  /// r z n.
  public var gateKinds: [GateKind] {
    let activations = configuration.activations
    return GRUGate.allCases.map { gate in
      switch gate {
      case .reset: GateKind(symbol: "r", name: "reset gate", range: activations.gate.range, keepsState: false)
      case .update: GateKind(symbol: "z", name: "update gate", range: activations.gate.range, keepsState: true)
      case .candidate: GateKind(symbol: "n", name: "candidate", range: activations.candidate.range, keepsState: false)
      }
    }
  }

  /// The recurrent block of n.
  public func candidateMatrix(_ weights: GRUWeights<Scalar>) -> Tensor<Scalar> {
    let hidden = configuration.hiddenSize
    return weights.matrix.recurrentBlock(GRUGate.candidate.rawValue, rows: hidden, of: hidden)
  }
}

extension RNN: GatedLayer {
  /// h.
  public var gateKinds: [GateKind] {
    [GateKind(symbol: "h", name: "hidden state", range: configuration.activation.range, keepsState: false)]
  }

  /// The recurrent rows.
  public func candidateMatrix(_ weights: RNNWeights<Scalar>) -> Tensor<Scalar> {
    weights.matrix.recurrentBlock(0, rows: configuration.hiddenSize, of: configuration.hiddenSize)
  }
}

extension Activation {
  /// The numbers that it gives.
  fileprivate var range: GateKind.Range {
    switch self {
    case .sigmoid, .hardSigmoid: .share
    case .tanh, .softsign: .signed
    case .clipped(let activation, _): activation.range
    default: .open
    }
  }
}

extension Tensor {
  /// The first rows of one gate's block of `size` columns.
  fileprivate func recurrentBlock(_ gate: Int, rows: Int, of size: Int) -> Tensor {
    let block = reshaped(to: [shape[0], 1, shape[1]]).features(gate * size..<(gate + 1) * size)
    return Tensor(shape: [rows, size], elements: Array(block.elements.prefix(rows * size)))
  }
}
