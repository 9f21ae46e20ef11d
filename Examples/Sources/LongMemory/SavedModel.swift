import ExampleKit
import Recurrent
import RecurrentFormats
import RecurrentTraining

/// Trained models as files hold them, with the task that they know.
enum SavedModel {
  /// Writes a model and the name and steps of its task.
  static func write(_ model: some TrainableModel, of task: some MemoryTask, to path: String) throws {
    var file = TensorFile(example: "long-memory")
    file.metadata["task"] = task.name.rawValue
    file.metadata["steps"] = "\(task.memorySteps)"
    file.set(model: model)
    try file.write(to: path)
  }

  /// Reads a model, whatever its cell: the task, and what the model says to sequences of it.
  static func read(_ path: String) throws -> (task: any MemoryTask, answer: (TaskBatch) -> Tensor<Float>) {
    let file = try TensorFile(contentsOf: path, example: "long-memory")
    guard
      let name = file.metadata["task"].flatMap(LongMemory.TaskName.init),
      let steps = file.metadata["steps"].flatMap({ Int($0) }), LongMemory.TaskName.possibleSteps.contains(steps)
    else { throw TextFileError(path: path, reason: "it does not say which task its model knows") }
    let task = name.task(steps: steps)
    switch try file.layer(named: "model.layer").configuration {
    case .lstm: return (task, try model(LSTM<Float>(file, named: "model.layer"), task, file))
    case .gru: return (task, try model(GRU<Float>(file, named: "model.layer"), task, file))
    case .rnn: return (task, try model(RNN<Float>(file, named: "model.layer"), task, file))
    }
  }

  private static func model<Layer: RecurrentLayer<Float>>(
    _ layer: Layer, _ task: some MemoryTask, _ file: TensorFile
  ) throws -> (TaskBatch) -> Tensor<Float> where Layer.Weights: StorableWeights {
    guard layer.configuration.shape.inputSize == task.inputSize else {
      throw TensorFileError.mismatch(
        "the input size", found: "\(layer.configuration.shape.inputSize)", wanted: "\(task.inputSize)")
    }
    var model = MemoryModel(layer, for: task, seed: 0)
    try file.restore(prefix: "model", &model)
    return { model($0) }
  }
}
