/// Layer normalisation of a cell: every step's products have mean 0 and variance 1 over all gates of all units, and then a
/// gain for each.
///
///     LN(v; γ) = γ * (v − mean(v)) / √(variance(v) + ε)
///
/// In an LSTM, whose cell state also shows itself normalised but is carried on as it is:
///
///     z = LN(x·W; γ_x) + LN(h·U; γ_h) + b     i, f, o = σ(z)   g = tanh(z)
///     C' = f * C + i * g                      h' = o * tanh(LN(C'; γ_c) + β_c)
///
/// In a GRU, whose reset gate acts after the product, with c the bias of the candidate's recurrent product:
///
///     z = LN(x·W; γ_x) + b      m = LN(h·U; γ_h), of n with + c
///     r, z = σ(z + m)           n = tanh(z + r * m)           h' = (1 − z) * n + z * h
///
/// So no sequence and no step depends on another's numbers, training and inference are the same function, and a stream
/// gives what a sequence gives. (Ba, Kiros & Hinton, "Layer normalization", 2016, in the form of the library Haste: the
/// mean and variance of a product are those of all G·H numbers, not of each gate's H, and the bias is the only shift.)
///
///     let configuration = LSTMConfiguration(inputSize: 80, hiddenSize: 256, layerNormalization: .standard)
///     let lstm = LSTM<Float>(configuration, seed: 1)
///
/// Gains are parameters like the others: 1 at first, and the shift β_c is 0. The fused kernels do not serve such a layer,
/// which runs on `blas`. What was normalised is not kept on a tape but computed once more, for all steps of a block at
/// once: the tape of such a layer is as small as that of another one, and going back costs one more forward product.
public struct LayerNormalization: Hashable, Sendable {
  /// ε, above 0: what keeps a product that is 0 everywhere from being divided by 0.
  public var epsilon: Double

  /// A normalisation with a certain ε.
  public init(epsilon: Double) { self.epsilon = epsilon }

  /// ε = 10⁻⁵, as in Haste and PyTorch.
  public static let standard = LayerNormalization(epsilon: 1e-5)

  /// What keeps it from being worked with, if anything does.
  var flaw: String? {
    epsilon > 0 && epsilon.isFinite
      ? nil : "an epsilon of \(epsilon) for layer normalisation; it must be above 0 and finite"
  }
}
