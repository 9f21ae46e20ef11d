// The GRU cell: gates, activations, equations.
//
// With [h, x] the concatenation of the previous hidden state and the input, σ the logistic function and * elementwise:
//
//     r = σ(W_r·[h, x] + b_r)                      how much of the old state the candidate sees
//     z = σ(W_z·[h, x] + b_z)                      how much of the old state stays
//     n = tanh(W_n·x + b_n + r * (U_n·h + c_n))    the candidate; reset after the product
//     n = tanh(W_n·x + b_n + U_n·(r * h))                        or before it
//     h' = (1 - z) * n + z * h
//
// Cho et al., "Learning phrase representations using RNN encoder-decoder for statistical machine translation", 2014
// (reset before the product). That a reset after it needs one product a step where the other needs two, which wait for
// each other, made it the GRU of cuDNN (Appleyard, Kočiský & Blunsom, "Optimizing performance of recurrent neural
// networks on GPUs", 2016), and so of PyTorch and Keras. The two are different functions of the same weights.
//
// (Cho et al. write h' = z * h + (1 - z) * n as here. Others let z and 1 - z change places; negating W_z and b_z turns
// the one into the other, because σ(-x) = 1 - σ(x).)

/// The gates of a GRU, in the order of their blocks in every weight matrix, bias and pre-activation: r z n.
public enum GRUGate: Int, CaseIterable, Sendable {
  /// r: how much of the old state the candidate sees.
  case reset
  /// z: how much of the old state stays.
  case update
  /// n: the candidate for the new state.
  case candidate
}

/// Where the reset gate of a GRU acts.
public enum GRUReset: Sendable {
  /// On the candidate's recurrent product, r * (U_n·h + c_n), which has a bias of its own: the GRU of cuDNN, PyTorch,
  /// MLX, and of Keras by default.
  case afterProduct
  /// On h before the product, U_n·(r * h): the GRU of the first publication, of ONNX by default, and of Keras with
  /// `reset_after=False`.
  case beforeProduct
}

/// The two non-linear functions of a GRU.
public struct GRUActivations: Hashable, Sendable {
  /// Of r and z: a share between 0 and 1, so σ.
  public var gate: Activation
  /// Of the candidate n.
  public var candidate: Activation

  /// σ for the gates and tanh for the candidate, unless told otherwise.
  public init(gate: Activation = .sigmoid, candidate: Activation = .tanh) {
    self.gate = gate
    self.candidate = candidate
  }

  /// σ, tanh: the activations that the vector kernels serve.
  public static let standard = GRUActivations()
}

/// One number for each gate of a unit: activations, their slopes, or gradients of the pre-activations.
package struct GRUGates<Scalar: RecurrentScalar> {
  package var reset: Scalar
  package var update: Scalar
  package var candidate: Scalar
}

extension GRUGates {
  /// h' = (1 - z) * n + z * h backward, for one unit of one sequence.
  ///
  /// With d for the gradient of the loss by h', and a' for an activation's slope where it was applied:
  ///
  ///     dz = d * (h - n) * z'    dn = d * (1 - z) * n'    dh = d * z, and what comes by way of the gates
  ///
  /// The reset gate is reached through n: dr = dn * m * r' with m = U_n·h + c_n, or where it acts before the product
  /// dr = ds * h * r' with s = r * h and ds = dn·U_nᵀ, which is known for all units together only.
  ///
  /// - Parameters:
  ///   - hiddenGradient: d, replaced with d * z.
  ///   - slopes: z' n', replaced with dz dn, the gradients of the pre-activations.
  ///   - hidden: h, before the step.
  @inline(__always)
  package func retreat(hiddenGradient: inout Scalar, slopes: inout GRUGates, hidden: Scalar) {
    slopes.update *= hiddenGradient * (hidden - candidate)
    slopes.candidate *= hiddenGradient * (1 - update)
    hiddenGradient *= update
  }
}
