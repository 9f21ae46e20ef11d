import ArgumentParser
import Foundation
import RecurrentTraining

/// Where a program that trains keeps checkpoints, and whether it goes on from them.
package struct CheckpointArguments: ParsableArguments {
  @Option(help: "A folder for checkpoints, to go on from.")
  package var checkpoints: String?
  @Flag(help: "Go on from the checkpoint in --checkpoints, if there is one.")
  package var resume = false

  package init() {}

  package func validate() throws {
    guard !resume || checkpoints != nil else { throw ValidationError("--resume needs --checkpoints") }
  }

  /// What a `Trainer` is to be told: the folder, or one in it, which is made where there is none.
  package func options(folder: String? = nil, everySteps: Int) throws -> TrainingOptions.Checkpoints? {
    guard let checkpoints else { return nil }
    let path = folder.map { "\(checkpoints)/\($0)" } ?? checkpoints
    try makeFolder(path)
    return TrainingOptions.Checkpoints(folder: path, everySteps: everySteps)
  }
}

/// What every program that trains is told on the command line.
package struct TrainingArguments: ParsableArguments {
  @Option(help: "The folder with the data; the small sample that comes with the program where nothing is said.")
  package var data: String?
  @Option(help: "What weights, the order of batches and dropout are drawn from.")
  package var seed: UInt64 = 1
  @Option(help: "Times that everything is seen, at most.")
  package var epochs: Int?
  @OptionGroup package var checkpointing: CheckpointArguments
  @Option(help: "Where to save the trained model.")
  package var save: String?

  package init() {}

  package func validate() throws { try check("--epochs", epochs ?? 1, in: 1...1000) }

  /// The folder with the data: that of `--data`, or the sample of a program.
  package func folder(sample: String) -> String { data ?? sampleFolder(sample) }

  /// How a `Trainer` is to go about it. The folders for checkpoints and for `--save` are made where there are none, so that
  /// what cannot be written is known before training.
  ///
  /// - Parameter schedule: The learning rate over so many steps; nil for the optimiser's own.
  package func options(
    epochs usual: Int, over batches: some BatchOrder, clipping: TrainingOptions.Clipping? = nil, patience: Int? = nil,
    schedule: ((_ steps: Int) -> LearningRate)? = nil
  ) throws -> TrainingOptions {
    if let save { try makeRoom(forFile: save) }
    let epochs = epochs ?? usual
    return TrainingOptions(
      epochs: epochs, schedule: schedule?(batches.batchCount(ofEpochs: epochs)), clipping: clipping,
      patience: patience, checkpoints: try checkpointing.options(everySteps: 200))
  }
}

/// Refuses a number of the command line that is not in a range.
package func check<Number: Comparable>(_ option: String, _ number: Number, in range: ClosedRange<Number>) throws {
  guard range.contains(number) else {
    throw ValidationError("\(option) must be from \(range.lowerBound) to \(range.upperBound), not \(number)")
  }
}

/// The folder of a program's sample.
package func sampleFolder(_ name: String) -> String {
  URL(fileURLWithPath: #filePath).appendingPathComponent("../../../Data/\(name)").standardizedFileURL.path
}
