import ArgumentParser
import ExampleKit
import RecurrentFormats

/// With a hidden state, or without.
enum ClassifierKind: String, CaseIterable, ExpressibleByArgument {
  case lstm, bag

  /// The model.
  var type: any SentenceClassifier.Type {
    switch self {
    case .lstm: LSTMClassifier.self
    case .bag: BagClassifier.self
    }
  }

  /// Saves a model of this kind, and all that is needed to ask it again.
  func save(_ classifier: some SentenceClassifier, _ vocabulary: Vocabulary, to path: String) throws {
    var file = TensorFile(example: "sentiment")
    file.metadata["classifier"] = rawValue
    file.set(model: classifier)
    vocabulary.save(to: &file)
    try file.write(to: path)
  }
}

/// Reads a model that was saved, of either kind, with its vocabulary.
func classifier(contentsOf path: String) throws -> (any SentenceClassifier, Vocabulary) {
  let file = try TensorFile(contentsOf: path, example: "sentiment")
  guard let kind = file.metadata["classifier"].flatMap(ClassifierKind.init) else {
    throw TextFileError(path: path, reason: "it does not say which kind of classifier it holds")
  }
  func restored<Classifier: SentenceClassifier>(_: Classifier.Type, _ vocabulary: Vocabulary) throws -> Classifier {
    var classifier = Classifier(vocabularySize: vocabulary.count, seed: 0)
    try file.restore(prefix: "model", &classifier)
    return classifier
  }
  let vocabulary = try Vocabulary(file)
  return (try restored(kind.type, vocabulary), vocabulary)
}
