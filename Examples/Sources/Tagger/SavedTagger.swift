import ExampleKit
import RecurrentFormats
import WordReader

/// A trained tagger with the words that it knows, as a file holds them.
struct SavedTagger {
  let model: TaggerModel
  let lexicon: Lexicon
}

extension SavedTagger {
  /// Reads a tagger that was saved.
  init(contentsOf path: String) throws {
    let file = try TensorFile(contentsOf: path, example: "tagger")
    lexicon = try Lexicon(file)
    var model = TaggerModel(lexicon, seed: 0)
    try file.restore(prefix: "model", &model)
    self.model = model
  }

  /// Saves it.
  func write(to path: String) throws {
    var file = TensorFile(example: "tagger")
    file.set(model: model)
    lexicon.save(to: &file)
    try file.write(to: path)
  }
}
