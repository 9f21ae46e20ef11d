import Recurrent
import RecurrentTraining

/// A recurrent layer, and a dense one that says what is asked for.
struct MemoryModel<Layer: RecurrentLayer<Float>>: TrainableModel {
  var layer: Layer
  var dense: Dense<Float>

  init(_ layer: Layer, for task: some Task, seed: UInt64) {
    self.layer = layer
    dense = Dense(inputSize: layer.configuration.hiddenSize, outputSize: task.outputSize, seed: seed)
  }

  struct Gradients: ParameterSet {
    var layer: LayerParameters<Layer.Weights>
    var dense: Dense<Float>

    func forEach(_ body: (String, Tensor<Float>) -> Void) {
      layer.forEach(prefix: "layer", body)
      dense.forEach(prefix: "dense", body)
    }

    mutating func updateEach(_ body: (String, inout Tensor<Float>) -> Void) {
      layer.updateEach(prefix: "layer", body)
      dense.updateEach(prefix: "dense", body)
    }
  }

  func forEach(_ body: (String, Tensor<Float>) -> Void) {
    layer.parameters.forEach(prefix: "layer", body)
    dense.forEach(prefix: "dense", body)
  }

  mutating func updateEach(_ body: (String, inout Tensor<Float>) -> Void) {
    layer.parameters.updateEach(prefix: "layer", body)
    dense.updateEach(prefix: "dense", body)
  }

  func lossAndGradients(
    _ batch: TaskBatch, using generator: inout SeededGenerator
  ) -> (loss: Double, gradients: Gradients) {
    var gradients = Gradients(layer: layer.parameters.zeros(), dense: dense.zeros())
    var tape = Tape(for: layer, steps: batch.input.shape[0], batchSize: batch.input.shape[1])
    let output = layer.forward(batch.input, recording: &tape)
    let (loss, asked) = loss(of: output, batch.answer)
    let gradient = dense.backward(loss.gradient, input: asked, into: &gradients.dense)
    let back: OutputGradients<Layer.State>
    switch batch.answer {
    case .number:
      var final = layer.zeroState(batchSize: batch.input.shape[1]).components
      final[0] = gradient.reshaped(to: final[0].shape)
      back = OutputGradients(final: Layer.State(components: final))
    case .classes:
      back = OutputGradients(hidden: gradient)
    }
    layer.backward(back, through: &tape, into: &gradients.layer)
    return (loss.value, gradients)
  }

  /// The loss on sequences that it does not learn from.
  func loss(on batch: TaskBatch) -> Double { loss(of: layer(batch.input), batch.answer).loss.value }

  /// The loss, and the h that it depends on.
  private func loss(
    of output: SequenceOutput<Layer.State>, _ answer: TaskBatch.Answer
  ) -> (loss: Loss<Float>, asked: Tensor<Float>) {
    switch answer {
    case .number(let sums):
      let last = output.final.components[0]
      let asked = last.reshaped(to: [last.shape[1], last.shape[2]])
      return (meanSquaredError(dense(asked), sums), asked)
    case .classes(let symbols):
      return (crossEntropy(dense(output.hidden), symbols), output.hidden)
    }
  }
}
