import Recurrent
import RecurrentFormats
import RecurrentTraining
import Testing

@Suite("Training: checkpoints as models")
struct CheckpointModelTests {
  /// A layer that learns to be silent.
  struct Silence: TrainableModel {
    var gru: GRU<Float>

    var layers: [String: CellConfiguration] { ["gru": .gru(gru.configuration)] }

    func forEach(_ body: (String, Tensor<Float>) -> Void) { gru.parameters.forEach(prefix: "gru", body) }

    mutating func updateEach(_ body: (String, inout Tensor<Float>) -> Void) {
      gru.parameters.updateEach(prefix: "gru", body)
    }

    mutating func lossAndGradients(
      _ batch: Tensor<Float>, using generator: inout SeededGenerator
    ) -> (loss: Double, gradients: Silence) {
      var gradients = gru.parameters.zeros()
      var tape = Tape(for: gru, steps: batch.shape[0], batchSize: batch.shape[1])
      let output = gru.forward(batch, recording: &tape)
      let loss = meanSquaredError(output.hidden, Tensor(shape: output.hidden.shape))
      _ = gru.backward(OutputGradients(hidden: loss.gradient), through: &tape, into: &gradients)
      var slopes = self
      slopes.gru.parameters = gradients
      return (loss.value, slopes)
    }
  }

  @Test("a layer is read from a checkpoint by its name, with all its options")
  func layer() throws {
    let configuration = GRUConfiguration(
      inputSize: 2, hiddenSize: 3, isBidirectional: true, reset: .beforeProduct)
    try withFolder { folder in
      var trainer = Trainer(
        Silence(gru: GRU(configuration, seed: 1)), optimizer: Adam(),
        batches: LengthBatches(lengths: [4, 4, 4], batchSize: 2, seed: 2),
        options: TrainingOptions(
          epochs: 2, schedule: .constant(0.01), checkpoints: .init(folder: folder, everySteps: 1), progress: .none))
      try trainer.run { Tensor(shape: [4, $0.count, 2], repeating: 0.5) }
      let gru = try GRU<Float>(contentsOf: folder + "/last.safetensors", named: "model.gru")
      #expect(gru.configuration == configuration)
      #expect(gru.parameters == trainer.model.gru.parameters)
      #expect(try TensorFile(contentsOf: folder + "/last.safetensors").layerNames == ["model.gru"])
    }
  }
}
