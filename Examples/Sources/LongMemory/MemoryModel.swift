import Recurrent
import RecurrentFormats
import RecurrentTraining

/// A recurrent layer, and a dense one that says what is asked for.
struct MemoryModel<Layer: RecurrentLayer<Float>>: ComposedModel where Layer.Weights: StorableWeights {
  var layer: Layer
  var dense: Dense<Float>

  static var parts: [ModelPart<MemoryModel, Float>] { [ModelPart("layer", \.layer), ModelPart("dense", \.dense)] }

  init(_ layer: Layer, for task: some MemoryTask, seed: UInt64) {
    self.layer = layer
    dense = Dense(inputSize: layer.configuration.hiddenSize, outputSize: task.outputSize, seed: seed)
  }

  func lossAndGradients(
    _ batch: TaskBatch, using generator: inout SeededGenerator
  ) -> (loss: Double, gradients: CompositeGradients<Float>) {
    var (layerGradients, denseGradients) = (layer.parameters.zeros(), dense.zeros())
    var tape = Tape(for: layer, steps: batch.input.shape[0], batchSize: batch.input.shape[1])
    let output = layer.forward(batch.input, recording: &tape)
    let (loss, asked) = loss(of: output, batch.answer)
    let gradient = dense.backward(loss.gradient, input: asked, into: &denseGradients)
    let back =
      switch batch.answer {
      case .number: layer.outputGradients(finalHidden: gradient)
      case .classes: OutputGradients<Layer.State>(hidden: gradient)
      }
    layer.backward(back, through: &tape, into: &layerGradients)
    return (loss.value, ["layer": layerGradients, "dense": denseGradients])
  }

  /// The loss on sequences that it does not learn from.
  func loss(on batch: TaskBatch) -> Double { loss(of: layer(batch.input), batch.answer).loss.value }

  /// What it says: at the end [N, 1], or at every step [T, N, classes].
  func callAsFunction(_ batch: TaskBatch) -> Tensor<Float> { dense(asked(layer(batch.input), batch.answer)) }

  /// The loss, and the h that it depends on.
  private func loss(
    of output: SequenceOutput<Layer.State>, _ answer: TaskBatch.Answer
  ) -> (loss: Loss<Float>, asked: Tensor<Float>) {
    let asked = asked(output, answer)
    switch answer {
    case .number(let sums): return (meanSquaredError(dense(asked), sums), asked)
    case .classes(let symbols): return (crossEntropy(dense(asked), symbols), asked)
    }
  }

  /// The h of the steps at which something is to be said.
  private func asked(_ output: SequenceOutput<Layer.State>, _ answer: TaskBatch.Answer) -> Tensor<Float> {
    switch answer {
    case .number: layer.finalHidden(output.final)
    case .classes: output.hidden
    }
  }
}
