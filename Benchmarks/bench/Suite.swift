import Foundation
import RecurrentVerification

/// A list of problems, read from a text of lines:
///
///     # a comment
///     [Heading of the problems that follow]
///     lstm:T25xN16xI512xH512
///     step lstm:T1xN1xI256xH256
///
/// A mode before a problem says how it is run, whatever the command line says of others.
struct Suite {
  let name: String
  private var entries: [(section: String?, mode: Mode?, problem: Problem)] = []

  /// The suites that are part of the program, by name.
  static let builtIn: KeyValuePairs<String, [UInt8]> = [
    "default": PackageResources.default_txt,
    "step": PackageResources.step_txt,
    "sequence": PackageResources.sequence_txt,
    "small-batch": PackageResources.small_batch_txt,
    "server": PackageResources.server_txt,
    "odd-sizes": PackageResources.odd_sizes_txt,
    "stacked": PackageResources.stacked_txt,
    "peers": PackageResources.peers_txt,
    "promises": PackageResources.promises_txt,
    "training": PackageResources.training_txt,
  ]

  /// The suite of this name, or else the one in the file of this name.
  init(named name: String) throws(SuiteError) {
    if let suite = Self.builtIn.first(where: { $0.key == name }) {
      try self.init(name: name, text: String(decoding: suite.value, as: UTF8.self))
    } else if let text = try? String(contentsOfFile: name, encoding: .utf8) {
      try self.init(name: name, text: text)
    } else {
      let known = Self.builtIn.map(\.key).joined(separator: ", ")
      throw SuiteError("suite '\(name)' is neither one of \(known) nor a text file that can be read")
    }
  }

  init(name: String, text: String) throws(SuiteError) {
    self.name = name
    var section: String?
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = line.trimmingCharacters(in: .whitespaces)
      if line.isEmpty || line.hasPrefix("#") { continue }
      if line.hasPrefix("["), line.hasSuffix("]") {
        section = String(line.dropFirst().dropLast())
        continue
      }
      let place = "suite '\(name)', line \(index + 1)"
      let words = line.split(separator: " ")
      guard words.count <= 2 else { throw SuiteError("\(place): '\(line)' is not a mode and a problem") }
      var mode: Mode?
      if words.count == 2 {
        mode = Mode(rawValue: String(words[0]))
        guard mode != nil else {
          let known = Mode.allCases.map(\.rawValue).joined(separator: ", ")
          throw SuiteError("\(place): mode '\(words[0])' is not known; \(known) are")
        }
      }
      do throws(ProblemError) {
        entries.append((section, mode, try Problem(String(words[words.count - 1]))))
      } catch {
        throw SuiteError("\(place): \(error.description)")
      }
    }
  }

  /// What there is to run in `mode`, or in any mode.
  func workloads(mode: Mode?) -> [Workload] {
    entries.compactMap { entry in
      if let mode, let own = entry.mode, own != mode { return nil }
      return Workload(section: entry.section, mode: entry.mode ?? mode ?? .inference, problem: entry.problem)
    }
  }

  /// Prints the names of the built-in suites, each with the comment at its head.
  static func printList() {
    for (name, text) in builtIn {
      let firstLine = String(decoding: text, as: UTF8.self).prefix { $0 != "\n" }
      print(name.padding(toLength: 12, withPad: " ", startingAt: 0) + firstLine.trimmingPrefix("#"))
    }
  }
}

/// What is wrong with a suite.
struct SuiteError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
