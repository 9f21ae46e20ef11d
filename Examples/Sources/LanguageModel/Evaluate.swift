import ArgumentParser
import ExampleKit

/// Says how well a saved model does on the last tenth of a text.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Judges a saved model by the last tenth of a text.")

  @Argument(help: "The file that `train --save` wrote.")
  var model: String
  @Option(help: "The folder with the text; the small sample that comes with the program where nothing is said.")
  var data: String?

  func run() throws {
    let (model, alphabet) = try CharacterModel.read(model)
    let test = try Corpus(folder: data ?? sampleFolder("language-model")).test(in: alphabet)
    print("on the last tenth: \(decimals(model.loss(on: test, laneCount: 1))) nats a character")
  }
}
