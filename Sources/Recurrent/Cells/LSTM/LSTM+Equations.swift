// The LSTM cell: gates, activations, equations.
//
// With [h, x] the concatenation of the previous hidden state and the input, σ the logistic function and * elementwise:
//
//     i = σ(W_i·[h, x] + b_i + p_i * C)     how much of the candidate enters
//     f = σ(W_f·[h, x] + b_f + p_f * C)     how much of the old state stays
//     g = tanh(W_g·[h, x] + b_g)            the candidate
//     C' = f * C + i * g
//     o = σ(W_o·[h, x] + b_o + p_o * C')    how much of the new state shows
//     h' = o * tanh(C')                     or, with a projection, h' = R·(o * tanh(C'))
//
// Hochreiter & Schmidhuber 1997; forget gate: Gers, Schmidhuber & Cummins 2000; peephole connections p (diagonal, and
// absent by default): Gers, Schraudolph & Schmidhuber 2002; projection R: Sak, Senior & Beaufays 2014. Coupled gates,
// f = 1 - i (an option of the activations): Greff et al., "LSTM: A search space odyssey", 2017.

/// The gates of an LSTM, in the order of their blocks in every weight matrix, bias and pre-activation: i f g o.
public enum LSTMGate: Int, CaseIterable, Sendable {
  /// i: how much of the candidate enters the cell state.
  case input
  /// f: how much of the cell state is kept.
  case forget
  /// g: what might enter the cell state.
  case candidate
  /// o: how much of the cell state shows in the hidden state.
  case output

  /// The block of a peephole vector that belongs to this gate, in the order i f o; the candidate has none.
  package var peepholeBlock: Int? {
    switch self {
    case .input: 0
    case .forget: 1
    case .candidate: nil
    case .output: 2
    }
  }
}

/// The three non-linear functions of an LSTM.
public struct LSTMActivations: Hashable, Sendable {
  /// Of i, f and o: a share between 0 and 1, so σ.
  public var gate: Activation
  /// Of the candidate g.
  ///
  /// tanh, because the candidate must be able to lower the cell state as well as raise it. (Some lectures print σ
  /// here; then C can only grow, by up to 1 a step, and h loses its negative half.)
  public var candidate: Activation
  /// Of C' on its way into h'.
  public var output: Activation
  /// Whether f is 1 − i, so that what is kept and what enters are one whole, in place of a gate of its own. The weights
  /// of f then stand unused, and their gradients are 0. (Others couple them the other way round, i = 1 − f.)
  public var couplesForget: Bool

  /// σ for the gates and tanh for the two others, unless told otherwise.
  public init(
    gate: Activation = .sigmoid, candidate: Activation = .tanh, output: Activation = .tanh, couplesForget: Bool = false
  ) {
    self.gate = gate
    self.candidate = candidate
    self.output = output
    self.couplesForget = couplesForget
  }

  /// σ, tanh, tanh: the activations that the vector kernels serve.
  public static let standard = LSTMActivations()
}

/// The peephole weights of one unit.
package struct LSTMPeepholes<Scalar: RecurrentScalar> {
  package var input: Scalar = 0
  package var forget: Scalar = 0
  package var output: Scalar = 0

  /// Those of `unit` in a [3·H] vector with the blocks i f o, or zeros where there is no such vector.
  package init(of unit: Int, in peephole: Span<Scalar>, hiddenSize: Int) {
    guard !peephole.isEmpty else { return }
    input = peephole[unit]
    forget = peephole[hiddenSize + unit]
    output = peephole[2 * hiddenSize + unit]
  }
}

extension LSTMActivations {
  /// The equations for one unit of one sequence, after the matrix product: from the pre-activations (bias included) to
  /// the new cell state, which replaces `cell`, and o * tanh(C'), which is returned.
  @inline(__always)
  package func advance<Scalar: RecurrentScalar>(
    cell: inout Scalar, input: Scalar, forget: Scalar, candidate: Scalar, output: Scalar,
    peepholes p: LSTMPeepholes<Scalar>
  ) -> Scalar {
    let i = gate(input + p.input * cell)
    let f = couplesForget ? 1 - i : gate(forget + p.forget * cell)
    let g = self.candidate(candidate)
    cell = f * cell + i * g
    let o = gate(output + p.output * cell)
    return o * self.output(cell)
  }
}

/// One number for each gate of a unit: activations, their slopes, or gradients of the pre-activations.
package struct LSTMGates<Scalar: RecurrentScalar> {
  package var input: Scalar
  package var forget: Scalar
  package var candidate: Scalar
  package var output: Scalar
}

extension LSTMPeepholes {
  /// The equations of `LSTMActivations.advance` backward, for one unit of one sequence.
  ///
  /// With d for the gradient of the loss by what follows it, and a' for an activation's slope where it was applied:
  ///
  ///     do = dh * φ(C') * o'            dC' = dC' + dh * o * φ'(C') + p_o * do
  ///     di = dC' * g * i'    df = dC' * C * f'    dg = dC' * i * g'
  ///     dC = dC' * f + p_i * di + p_f * df
  ///
  /// - Parameters:
  ///   - cellGradient: dC' as it comes from later steps, replaced with dC.
  ///   - unitGradient: dh, the gradient of o * φ(C').
  ///   - gates: i f g o.
  ///   - slopes: i' f' g' o', replaced with di df dg do, the gradients of the pre-activations.
  ///   - cell: C, before the step.
  ///   - shown: φ(C').
  ///   - shownSlope: φ'(C').
  @inline(__always)
  package func retreat(
    cellGradient: inout Scalar, unitGradient: Scalar, gates: LSTMGates<Scalar>, slopes: inout LSTMGates<Scalar>,
    cell: Scalar, shown: Scalar, shownSlope: Scalar
  ) {
    slopes.output *= unitGradient * shown
    let d = cellGradient + unitGradient * gates.output * shownSlope + output * slopes.output
    slopes.input *= d * gates.candidate
    slopes.forget *= d * cell
    slopes.candidate *= d * gates.input
    cellGradient = d * gates.forget + input * slopes.input + forget * slopes.forget
  }
}

extension LSTMActivations {
  /// The pointwise pass in plain Swift, for the rows of `z`: for every option and both scalars.
  ///
  /// `bias` is empty where `z` holds it already, `peephole` where there is none.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func advance<Scalar: RecurrentScalar>(
    _ state: inout LayerState<Scalar>, _ z: borrowing MutableMatrixView<Scalar>, bias: Span<Scalar>,
    peephole: Span<Scalar>
  ) {
    let hidden = state.hiddenSize
    state.updateUnits(rows: z.rows) { cells, units in
      for row in 0..<cells.rows {
        for unit in 0..<hidden {
          func preactivation(_ gate: LSTMGate) -> Scalar {
            let column = gate.rawValue * hidden + unit
            return bias.isEmpty ? z[row, column] : z[row, column] + bias[column]
          }
          units[row, unit] = advance(
            cell: &cells[row, unit], input: preactivation(.input), forget: preactivation(.forget),
            candidate: preactivation(.candidate), output: preactivation(.output),
            peepholes: LSTMPeepholes(of: unit, in: peephole, hiddenSize: hidden))
        }
      }
    }
  }
}
