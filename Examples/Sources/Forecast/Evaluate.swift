import ArgumentParser
import ExampleKit

/// Compares a saved model with what needs no learning.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Judges a saved model by the hours that training keeps for that.")

  @Argument(help: "The file that `train --save` wrote.")
  var model: String
  @Option(help: "The folder with the data; the small sample that comes with the program where nothing is said.")
  var data: String?

  func run() throws {
    try SavedModel(contentsOf: model).judge(by: Measurements(folder: data ?? sampleFolder("forecast")))
  }
}
