import ExampleKit
import Recurrent
import RecurrentFormats
import RecurrentTraining

/// A model whose words are those of a lexicon, which stands beside it in files.
package protocol WordModel: ComposedModel {
  /// A model that knows nothing yet.
  init(_ lexicon: Lexicon, seed: UInt64)
}

extension WordModel {
  /// Reads a model that was saved, with the lexicon that was saved beside it.
  package init(_ file: TensorFile, _ lexicon: Lexicon) throws {
    self.init(lexicon, seed: 0)
    try file.restore(prefix: "model", &self)
  }

  /// Everything that is needed to ask it again, as a file of the program of this name.
  package func file(_ lexicon: Lexicon, example: String) -> TensorFile {
    var file = TensorFile(example: example)
    file.set(model: self)
    lexicon.save(to: &file)
    return file
  }
}
