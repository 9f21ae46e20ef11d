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

  /// What it carries from one batch to the next and is no parameter, such as the state after a window of a stream, whose
  /// lanes go on in the next one (`StreamBatches`). The shapes must stay. Checkpoints keep it:
  ///
  ///     var carried: [Tensor<Float>] {
  ///       get { state.components }
  ///       set { state = LSTM.State(components: newValue) }
  ///     }
  var carried: [Tensor<Scalar>] { get set }

  /// The recurrent layers among the parameters, by what stands before their tensors' own names ("lstm" of
  /// `lstm.matrix_l0`). Checkpoints keep their configurations, so that they can be read as models:
  ///
  ///     let lstm = try LSTM<Float>(contentsOf: "checkpoints/best.safetensors", named: "model.lstm")
  var layers: [String: CellConfiguration] { get }
}

extension TrainableModel {
  /// Nothing: every batch begins anew.
  public var carried: [Tensor<Scalar>] {
    get { [] }
    set { require(newValue.isEmpty, "carried: \(newValue.count) tensors for a model that carries 0") }
  }

  /// None: a checkpoint then holds the parameters alone.
  public var layers: [String: CellConfiguration] { [:] }
}
