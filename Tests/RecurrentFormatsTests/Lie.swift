import Testing

/// A file that is not what it says, and a word of the message that says so.
struct Lie: Sendable, CustomTestStringConvertible {
  let bytes: [UInt8]
  let word: String

  var testDescription: String { word }
}

/// Files and words as lies.
func lies(_ list: [([UInt8], String)]) -> [Lie] { list.map { Lie(bytes: $0, word: $1) } }
