internal import Recurrent

/// A size of work in one short string, the same in bench, tests, README and CSV:
///
///     lstm:T25xN16xI512xH512      gru:T187xN32xI1024xH1024      lstm:T100xN8xI256xH256xL2xbi
///
/// A cell, and T steps of N sequences with I features through H units; optionally L layers, and words: see
/// `ProblemOption`.
package struct Problem: Hashable, Sendable, CustomStringConvertible {
  /// The cells that problems are about, each in its usual form.
  package enum Cell: String, CaseIterable, Sendable {
    case lstm, gru, rnn

    /// G.
    package var gateCount: Int {
      switch self {
      case .lstm: LSTMGate.allCases.count
      case .gru: GRUGate.allCases.count
      case .rnn: 1
      }
    }
  }

  package let cell: Cell
  package private(set) var stepCount: Int
  package let batchSize: Int
  package let inputSize: Int
  package let hiddenSize: Int
  package let layerCount: Int
  package private(set) var options: Set<ProblemOption>

  package var isBidirectional: Bool { options.contains(.bidirectional) }

  /// Reads a problem, or says what is wrong with it.
  package init(_ text: String) throws(ProblemError) {
    guard let colon = text.firstIndex(of: ":") else {
      throw ProblemError(text, "it has no cell; one that has is lstm:T25xN16xI512xH512")
    }
    let name = text[..<colon]
    guard let cell = Cell(rawValue: String(name)) else {
      let known = Cell.allCases.map(\.rawValue).joined(separator: ", ")
      throw ProblemError(text, "the cell '\(name)' is not known; \(known) are")
    }
    var sizes: [Character: Int] = [:]
    var options: Set<ProblemOption> = []
    for part in text[text.index(after: colon)...].split(separator: "x", omittingEmptySubsequences: false) {
      if let option = ProblemOption(rawValue: String(part)) {
        if let only = option.cell, only != cell {
          throw ProblemError(text, "'\(part)' is an option of \(only.rawValue), not of \(cell.rawValue)")
        }
        guard options.insert(option).inserted else { throw ProblemError(text, "'\(part)' stands in it twice") }
      } else if let key = part.first, "TNIHL".contains(key) {
        let digits = part.dropFirst()
        guard digits.allSatisfy(\.isWholeNumber), let size = Int(digits), size > 0, size <= 1 << 24 else {
          throw ProblemError(text, "'\(part)' must be \(key) and a number from 1 to \(1 << 24)")
        }
        guard sizes.updateValue(size, forKey: key) == nil else { throw ProblemError(text, "\(key) stands in it twice") }
      } else {
        let words = ProblemOption.allCases.map(\.rawValue).joined(separator: ", ")
        throw ProblemError(text, "'\(part)' is neither one of T, N, I, H, L with a number nor one of \(words)")
      }
    }
    func size(_ key: Character, default value: Int? = nil) throws(ProblemError) -> Int {
      guard let size = sizes[key] ?? value else { throw ProblemError(text, "it has no \(key)") }
      return size
    }
    self.cell = cell
    stepCount = try size("T")
    batchSize = try size("N")
    inputSize = try size("I")
    hiddenSize = try size("H")
    layerCount = try size("L", default: 1)
    self.options = options
  }

  /// The same problem over another number of steps.
  package func with(stepCount: Int) -> Problem {
    var problem = self
    problem.stepCount = stepCount
    return problem
  }

  /// The same problem less one of its options, or nil where it does not have that.
  package func without(_ option: ProblemOption) -> Problem? {
    var problem = self
    return problem.options.remove(option).map { _ in problem }
  }

  package var description: String {
    "\(cell.rawValue):T\(stepCount)xN\(batchSize)xI\(inputSize)xH\(hiddenSize)"
      + (layerCount > 1 ? "xL\(layerCount)" : "")
      + ProblemOption.allCases.filter(options.contains).map { "x\($0.rawValue)" }.joined()
  }

  /// The steps of each sequence where the longest has `steps`: sequence n of a ragged problem has ⌈steps·(n + 1)/N⌉.
  func lengths(steps: Int) -> [Int] {
    (1...batchSize).map { options.contains(.ragged) ? (steps * $0 + batchSize - 1) / batchSize : steps }
  }

  /// Σ lengths where the longest sequence has `steps` steps; T·N unless they are ragged.
  package func rowCount(steps: Int) -> Int {
    options.contains(.ragged) ? lengths(steps: steps).reduce(0, +) : steps * batchSize
  }

  /// The products of a forward run over `steps` steps: 2·T·N·G·H·(I + H)·L·D, where I is H·D from the second layer on,
  /// and T·N is Σ lengths for ragged sequences.
  package func floatingPointOperations(steps: Int) -> Double { 2 * Double(rowCount(steps: steps)) * weightCount }

  /// Bytes of all weight matrices in Float. (A Double, because a problem may be written down that no machine holds.)
  package var parameterBytes: Double { weightCount * Double(MemoryLayout<Float>.size) }

  private var weightCount: Double {
    let directions = isBidirectional ? 2 : 1
    return (0..<layerCount).reduce(0) { count, layer in
      let inputs = layer == 0 ? inputSize : hiddenSize * directions
      return count + Double(cell.gateCount * hiddenSize) * Double(inputs + hiddenSize) * Double(directions)
    }
  }
}

/// What is wrong with a problem string.
package struct ProblemError: Error, CustomStringConvertible {
  package let description: String

  init(_ text: String, _ reason: String) { description = "problem '\(text)': \(reason)" }
}
