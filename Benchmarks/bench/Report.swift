import Foundation
import Recurrent
import RecurrentPictures

/// A form in which results are written, each as soon as it is there.
protocol Report {
  /// Writes what comes before the first result.
  mutating func begin()
  /// Writes the results of one workload.
  mutating func add(_ outcome: Outcome)
  /// Writes what comes after the last result.
  mutating func end()
}

/// The forms of results by name.
enum Format: String, CaseIterable {
  /// For people: the machine first, then a row a problem.
  case table
  /// One object a line for each problem and engine.
  case json
  /// The same columns, separated by commas.
  case csv

  func makeReport(_ sink: Sink, _ setting: Setting) -> any Report {
    switch self {
    case .table: TableReport(sink, setting)
    case .json: RecordReport(sink, setting.machine, form: .json)
    case .csv: RecordReport(sink, setting.machine, form: .csv)
    }
  }
}

/// What is the same for all results of a run.
struct Setting {
  let machine: Machine
  /// Threads that the library may use: one number, or several that take turns.
  let threadCounts: [Int]
  /// The roof of one core, and those of as many cores as there are threads.
  let roofs: [MachineRoof]
  let workloads: [Workload]
  let engines: [Engine]
  let peers: [Peer]

  /// 2 threads, or: 1, 2 threads.
  var threads: String {
    threadCounts.count == 1 ? Text.threads(threadCounts[0]) : Text.list(threadCounts) + " threads"
  }
}

/// Where results go: the standard output, or a file.
struct Sink {
  private let handle: FileHandle

  static let standardOutput = Sink(handle: .standardOutput)

  /// A new file at `path`, or one that is emptied. It is opened before anything is measured, so that no result is lost.
  init(path: String) throws(SinkError) {
    guard FileManager.default.createFile(atPath: path, contents: nil), let handle = FileHandle(forWritingAtPath: path)
    else { throw SinkError(description: "the file '\(path)' cannot be written") }
    self.init(handle: handle)
  }

  private init(handle: FileHandle) { self.handle = handle }

  func line(_ text: String = "") { handle.write(Data("\(text)\n".utf8)) }
}

/// Why there is nowhere to write to.
struct SinkError: Error, CustomStringConvertible {
  let description: String
}
