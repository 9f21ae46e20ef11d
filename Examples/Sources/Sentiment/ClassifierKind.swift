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
}

/// Reads a model that was saved, of either kind, with its vocabulary.
func classifier(contentsOf path: String) throws -> (any SentenceClassifier, Vocabulary) {
  let file = try TensorFile(contentsOf: path, example: "sentiment")
  guard let kind = file.metadata["classifier"].flatMap(ClassifierKind.init) else {
    throw TextFileError(path: path, reason: "it does not say which kind of classifier it holds")
  }
  let vocabulary = try Vocabulary(file)
  return (try kind.type.init(file, vocabulary), vocabulary)
}
