import ExampleKit
import Foundation
import RecurrentFormats

/// The characters that a model knows, each with a number: those of the text that it learns from. They are Unicode's scalars,
/// which never melt together where they stand side by side.
struct Alphabet: Companion {
  let characters: [Unicode.Scalar]
  private let numbers: [Unicode.Scalar: Int]

  /// All characters of a text.
  init(of text: String) {
    characters = Set(text.unicodeScalars).sorted()
    numbers = Dictionary(uniqueKeysWithValues: zip(characters, 0...))
  }

  /// Reads the characters that were saved.
  init(_ file: TensorFile) throws(TensorFileError) {
    self.init(of: String(decoding: try file.bytes("alphabet"), as: UTF8.self))
  }

  /// Saves the characters, in UTF-8.
  func save(to file: inout TensorFile) { file.set("alphabet", bytes: Array(text(of: Array(characters.indices)).utf8)) }

  /// The number of a character; nil where it is not in the alphabet.
  subscript(character: Unicode.Scalar) -> Int? { numbers[character] }

  /// The text of some numbers.
  func text(of numbers: [Int]) -> String { String(String.UnicodeScalarView(numbers.map { characters[$0] })) }
}

/// A text, of which nine tenths are there to learn from and the last one to be judged by.
struct Corpus {
  let training: String
  let test: String
  private let path: String

  /// Reads `input.txt` of a folder.
  init(folder: String) throws {
    path = folder + "/input.txt"
    let text = try TextFile(path).lines.joined(separator: "\n")
    let scalars = text.unicodeScalars
    let cut = scalars.index(scalars.startIndex, offsetBy: scalars.count * 9 / 10)
    (training, test) = (String(scalars[..<cut]), String(scalars[cut...]))
  }

  /// What tells this text from others.
  var digest: String { ExampleKit.digest([training, test]) }

  /// The numbers of the characters to learn from. The alphabet must be theirs.
  func training(in alphabet: Alphabet) throws -> [Int] { try numbers(of: training, in: alphabet, fromLine: 1) }

  /// The numbers of the characters to be judged by, two at least. A character that the alphabet does not have is an error:
  /// a loss without it would be one of another text.
  func test(in alphabet: Alphabet) throws -> [Int] {
    let line = 1 + training.unicodeScalars.count { $0 == "\n" }
    let numbers = try numbers(of: test, in: alphabet, fromLine: line)
    guard numbers.count > 1 else {
      throw TextFileError(path: path, reason: "its last tenth has \(numbers.count) characters, too few to be judged by")
    }
    return numbers
  }

  private func numbers(of text: String, in alphabet: Alphabet, fromLine first: Int) throws -> [Int] {
    var line = first
    return try text.unicodeScalars.map { character in
      guard let number = alphabet[character] else {
        throw TextFileError(
          path: path, line: line, reason: "the model does not know \(String(reflecting: String(character)))")
      }
      if character == "\n" { line += 1 }
      return number
    }
  }
}
