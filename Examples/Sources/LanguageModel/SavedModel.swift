import ExampleKit
import Recurrent
import RecurrentFormats
import RecurrentTraining

/// A trained model with its alphabet, as a file holds them.
struct SavedModel {
  let model: CharacterModel
  let alphabet: Alphabet

  init(_ model: CharacterModel, _ alphabet: Alphabet) {
    self.model = model
    self.alphabet = alphabet
  }

  init(contentsOf path: String) throws {
    let file = try TensorFile(contentsOf: path, example: "language-model")
    alphabet = try Alphabet(file)
    let layer = try LSTM<Float>(file, named: "model.lstm")
    var model = CharacterModel(
      characterCount: alphabet.characters.count, layer.configuration, laneCount: 1, seed: 0)
    try file.restore(prefix: "model", &model)
    self.model = model
  }

  func write(to path: String) throws {
    var file = TensorFile(example: "language-model")
    file.set(model: model)
    alphabet.save(to: &file)
    try file.write(to: path)
  }
}
