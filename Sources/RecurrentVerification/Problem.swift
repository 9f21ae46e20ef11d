internal import Recurrent

/// A size of work in one short string, the same in bench, tests, README and CSV:
///
///     lstm:T25xN16xI512xH512      gru:T187xN32xI1024xH1024      lstm:T100xN8xI256xH256xL2xbi
///
/// A cell, and T steps of N sequences with I features through H units; optionally L layers, and both directions.
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
  package let isBidirectional: Bool

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
    var isBidirectional = false
    for part in text[text.index(after: colon)...].split(separator: "x", omittingEmptySubsequences: false) {
      if part == "bi" {
        guard !isBidirectional else { throw ProblemError(text, "'bi' stands in it twice") }
        isBidirectional = true
      } else if let key = part.first, "TNIHL".contains(key) {
        let digits = part.dropFirst()
        guard digits.allSatisfy(\.isWholeNumber), let size = Int(digits), size > 0, size <= 1 << 24 else {
          throw ProblemError(text, "'\(part)' must be \(key) and a number from 1 to \(1 << 24)")
        }
        guard sizes.updateValue(size, forKey: key) == nil else { throw ProblemError(text, "\(key) stands in it twice") }
      } else {
        throw ProblemError(text, "'\(part)' is not one of T, N, I, H, L with a number, or bi")
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
    self.isBidirectional = isBidirectional
  }

  /// The same problem over another number of steps.
  package func with(stepCount: Int) -> Problem {
    var problem = self
    problem.stepCount = stepCount
    return problem
  }

  package var description: String {
    "\(cell.rawValue):T\(stepCount)xN\(batchSize)xI\(inputSize)xH\(hiddenSize)"
      + (layerCount > 1 ? "xL\(layerCount)" : "") + (isBidirectional ? "xbi" : "")
  }

  /// The products of a forward run over `steps` steps: 2·T·N·G·H·(I + H)·L·D, where I is H·D from the second layer on.
  package func floatingPointOperations(steps: Int) -> Double { 2 * Double(steps * batchSize) * weightCount }

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
