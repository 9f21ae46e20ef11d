public import Recurrent
public import RecurrentFormats

/// A model that knows what it did wrong on a batch.
///
///     struct Tagger: TrainableModel {
///       var lstm: LSTM<Float>, dense: Dense<Float>
///       func lossAndGradients(_ batch: Batch, using generator: inout SeededGenerator) -> (loss: Double, gradients: …)
///     }
public protocol TrainableModel<Scalar>: ParameterSet {
  /// What it learns from in one step.
  associatedtype Batch
  /// Of the same names and shapes as the parameters, or some of their rows: see `SparseGradients`.
  associatedtype Gradients: ParameterSet where Gradients.Scalar == Scalar

  /// The mean loss on a batch, and its gradients.
  ///
  /// All chance, dropout's too, must come from `generator`, whose state checkpoints keep.
  mutating func lossAndGradients(
    _ batch: Batch, using generator: inout SeededGenerator
  ) throws -> (loss: Double, gradients: Gradients)

  /// The recurrent layers among the parameters, by what stands before their tensors' own names ("lstm" of
  /// `lstm.matrix_l0`). Checkpoints keep their configurations, so that they can be read as models:
  ///
  ///     let lstm = try LSTM<Float>(contentsOf: "checkpoints/best.safetensors", named: "model.lstm")
  var layers: [String: CellConfiguration] { get }
}

extension TrainableModel {
  /// None: a checkpoint then holds the parameters alone.
  public var layers: [String: CellConfiguration] { [:] }
}
