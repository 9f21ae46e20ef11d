import RecurrentFormats
import RecurrentTraining

/// What a model reads with, and what stands beside it in its file: a vocabulary, for one.
package protocol Companion: Sendable {
  /// Reads what was saved.
  init(_ file: TensorFile) throws
  /// Saves it beside a model.
  func save(to file: inout TensorFile)
}

/// A model that is built for its companion, saved with it, and read again to be asked.
package protocol AskableModel: ComposedModel {
  associatedtype Beside: Companion

  /// A model that knows nothing yet.
  init(_ beside: Beside, seed: UInt64)
}

extension AskableModel {
  /// Reads a model that was saved, with the companion that was saved beside it.
  package init(_ file: TensorFile, _ beside: Beside) throws {
    self.init(beside, seed: 0)
    try file.restore(prefix: "model", &self)
  }

  /// Reads a model and its companion from a file that the program of this name made.
  package static func read(_ path: String, example: String) throws -> (Self, Beside) {
    let file = try TensorFile(contentsOf: path, example: example)
    let beside = try Beside(file)
    return (try Self(file, beside), beside)
  }
}

extension ComposedModel {
  /// Everything that is needed to ask it again, as a file of the program of this name.
  package func file(_ beside: some Companion, example: String, metadata: [String: String] = [:]) -> TensorFile {
    var file = TensorFile(example: example)
    file.metadata.merge(metadata) { _, told in told }
    file.set(model: self)
    beside.save(to: &file)
    return file
  }
}
