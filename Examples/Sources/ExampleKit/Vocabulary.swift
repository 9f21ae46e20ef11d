import RecurrentFormats

/// Words and their numbers: 0 for every word that is not known.
package struct Vocabulary: Sendable {
  /// The number of what is not known.
  package static let unknown = 0

  /// The known words, the most frequent first; the first has the number 1.
  package let words: [String]
  private let counts: [Int]
  private let numbers: [String: Int]

  /// The words that stand at least `least` times in some texts.
  package init(of texts: some Sequence<some Sequence<String>>, atLeast least: Int = 1) {
    var counts: [String: Int] = [:]
    for text in texts { for word in text { counts[word, default: 0] += 1 } }
    let known = counts.filter { $0.value >= least }.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
    self.init(known.map(\.key), counts: known.map(\.value))
  }

  private init(_ words: [String], counts: [Int]) {
    self.words = words
    self.counts = counts
    numbers = Dictionary(uniqueKeysWithValues: zip(words, 1...))
  }

  /// One more than there are words.
  package var count: Int { words.count + 1 }

  /// The number of a word.
  package subscript(word: String) -> Int { numbers[word] ?? Self.unknown }

  /// The numbers of a text's words.
  package func callAsFunction(_ text: some Sequence<String>) -> [Int] { text.map { self[$0] } }

  /// How often the word of a number stands in the texts; nil for the unknown.
  package func occurrences(of number: Int) -> Int? { number == Self.unknown ? nil : counts[number - 1] }
}

extension Vocabulary: Companion {
  package init(_ file: TensorFile) throws { try self.init(file, named: "vocabulary") }

  package func save(to file: inout TensorFile) { save(to: &file, named: "vocabulary") }

  /// Reads the words that were saved under a name.
  package init(_ file: TensorFile, named name: String) throws {
    guard let words = [String](linesOf: try file.bytes(name)) else {
      throw TensorFileError.badTensor(name, reason: "it is not UTF-8")
    }
    guard Set(words).count == words.count else {
      throw TensorFileError.badTensor(name, reason: "a word stands in it twice")
    }
    self.init(words, counts: try file.integers(name + ".counts", count: words.count))
  }

  /// Saves the words, bytes of UTF-8 with a line for each, and how often they stand in the texts.
  package func save(to file: inout TensorFile, named name: String) {
    file.set(name, bytes: words.bytesOfLines)
    file.set(name + ".counts", integers: counts)
  }
}
