/// The word of a step, as it stands under the step's column: not wider than there is room for.
struct StepLabel {
  /// The word, or its beginning and "…".
  let text: String
  /// The whole word, where it was cut.
  let title: String?
  /// How wide the text is, in widths of a Latin letter.
  let width: Int

  /// Turned as words are under narrow columns, so many reach from the first column about to the edge of the picture.
  static let limit = 24

  init(_ word: String) {
    let whole = word.reduce(0) { $0 + $1.width }
    guard whole > Self.limit else {
      (text, title, width) = (word, nil, whole)
      return
    }
    var (beginning, width) = ("", 0)
    for character in word {
      guard width + character.width < Self.limit else { break }
      beginning.append(character)
      width += character.width
    }
    (text, title, self.width) = (beginning + "…", word, width + 1)
  }
}

extension Character {
  /// 2 for those that fill a square, as of Chinese, Japanese and Korean, and for pictures; 1 for others.
  fileprivate var width: Int {
    unicodeScalars.contains { scalar in Self.wide.contains { $0.contains(scalar.value) } } ? 2 : 1
  }

  /// The blocks of Unicode whose East Asian width is "wide" or "fullwidth", nearly enough.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF00...0xFF60,
    0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD,
  ]
}
