import ArgumentParser
import Foundation
import RecurrentTraining

/// What every program that trains is told on the command line.
package struct TrainingArguments: ParsableArguments {
  @Option(help: "The folder with the data; the small sample that comes with the program where nothing is said.")
  package var data: String?
  @Option(help: "What weights, the order of batches and dropout are drawn from.")
  package var seed: UInt64 = 1
  @Option(help: "Times that everything is seen, at most.")
  package var epochs: Int?
  @Option(help: "A folder for checkpoints, to go on from.")
  package var checkpoints: String?
  @Flag(help: "Go on from the checkpoint in --checkpoints, if there is one.")
  package var resume = false
  @Option(help: "Where to save the trained model.")
  package var save: String?

  package init() {}

  package func validate() throws {
    guard epochs ?? 1 > 0 else { throw ValidationError("--epochs must be above 0") }
    guard !resume || checkpoints != nil else { throw ValidationError("--resume needs --checkpoints") }
  }

  /// The folder with the data: that of `--data`, or the sample of a program.
  package func folder(sample: String) -> String { data ?? sampleFolder(sample) }

  /// How a `Trainer` is to go about it. The folder for checkpoints is made where there is none.
  package func options(
    epochs usual: Int, schedule: LearningRate? = nil, clipping: TrainingOptions.Clipping? = nil, patience: Int? = nil,
    everySteps: Int = 200
  ) throws -> TrainingOptions {
    if let checkpoints {
      try FileManager.default.createDirectory(atPath: checkpoints, withIntermediateDirectories: true)
    }
    return TrainingOptions(
      epochs: epochs ?? usual, schedule: schedule, clipping: clipping, patience: patience,
      checkpoints: checkpoints.map { TrainingOptions.Checkpoints(folder: $0, everySteps: everySteps) })
  }
}

extension Trainer {
  /// Goes on from the last checkpoint where `--resume` asks for it, and says so.
  package mutating func resume(_ arguments: TrainingArguments) throws {
    guard arguments.resume, try resume() else { return }
    print("going on after step \(state.step), in epoch \(state.epoch + 1)")
  }
}

/// The folder of a program's sample.
package func sampleFolder(_ name: String) -> String {
  URL(fileURLWithPath: #filePath).appendingPathComponent("../../../Data/\(name)").standardizedFileURL.path
}
