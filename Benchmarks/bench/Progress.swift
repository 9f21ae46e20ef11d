import Foundation

/// The line on the standard error that says what is being done. On a terminal it is rewritten in place; elsewhere a
/// plain line appears for every problem, but none within some seconds of the one before.
final class Progress {
  private let count: Int
  private var index = 0
  private var shown = ""
  private var lastLine: ContinuousClock.Instant?
  private let isTerminal = isatty(STDERR_FILENO) == 1

  init(count: Int) { self.count = count }

  /// Goes on to the next problem.
  func next() {
    index += 1
    shown = ""
  }

  /// Says what is being done.
  func show(_ text: String) {
    guard text != shown else { return }
    let line = index > 0 ? "[\(index)/\(count)] \(text)" : text
    if isTerminal {
      Self.write("\r\u{1B}[K\(line)")
    } else if shown.isEmpty && index > 0, lastLine.map({ $0.duration(to: .now) > .seconds(5) }) ?? true {
      Self.write("\(line)\n")
      lastLine = .now
    }
    shown = text
  }

  /// Takes the line away, before something else is printed.
  func clear() {
    if isTerminal { Self.write("\r\u{1B}[K") }
  }

  /// Says something that is to be read.
  static func note(_ text: String) { write("bench: \(text)\n") }

  private static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
