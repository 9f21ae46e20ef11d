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
    model = try TaggerModel(file, lexicon)
  }

  /// Saves it.
  func write(to path: String) throws {
    try model.file(lexicon, example: "tagger").write(to: path)
  }
}
