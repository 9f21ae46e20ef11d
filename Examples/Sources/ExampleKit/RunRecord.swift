import Foundation
import RecurrentFormats
import RecurrentTraining

/// What a run of training depends on and its checkpoints do not hold: rates, seeds, the data. It is kept beside the
/// checkpoints, so that no other run goes on from them.
struct RunRecord {
  private let facts: [String: String]
  private let path: String

  init(_ facts: [String: String], in folder: String) {
    self.facts = facts
    path = folder + "/run.json"
  }

  func write() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try TextFileError.wrapping(path, "it cannot be written") {
      try encoder.encode(facts).write(to: URL(fileURLWithPath: path), options: .atomic)
    }
  }

  /// Throws where the run in the folder is another one.
  func requireSame() throws {
    let found = try TextFileError.wrapping(path, "it cannot be read") {
      try JSONDecoder().decode([String: String].self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    }
    let differences = Set(facts.keys).union(found.keys).sorted().filter { facts[$0] != found[$0] }.map { name in
      "\(name) \(found[name] ?? "unknown"), not \(facts[name] ?? "unknown")"
    }
    guard differences.isEmpty else {
      throw TextFileError(path: path, reason: "the checkpoint is of a run with " + differences.joined(separator: "; "))
    }
  }
}

extension Trainer {
  /// Goes on from the last checkpoint where `--resume` asks for it, and says so.
  ///
  /// - Parameter facts: What else the run depends on; seed, schedule and clipping are known. Where the checkpoint's run was
  ///   told something else, both are named in an error.
  package mutating func resume(_ arguments: TrainingArguments, facts: [String: String] = [:]) throws {
    try resume(arguments.checkpointing, facts: facts.merging(["seed": "\(arguments.seed)"]) { told, _ in told })
  }

  /// Goes on from the last checkpoint where `--resume` asks for it, and says so.
  package mutating func resume(_ arguments: CheckpointArguments, facts: [String: String]) throws {
    guard let checkpoints = options.checkpoints else { return }
    var facts = facts
    if let schedule = options.schedule { facts["rate"] = "\(schedule)" }
    if let clipping = options.clipping { facts["clipping"] = "\(clipping)" }
    let record = RunRecord(facts, in: checkpoints.folder)
    guard arguments.resume, FileManager.default.fileExists(atPath: checkpoints.last) else { return try record.write() }
    try record.requireSame()
    try resume()
    print("going on after step \(state.step), in epoch \(state.epoch + 1)")
  }
}

/// 64 bits that tell texts apart, as hexadecimal digits (FNV-1a); where one text ends matters, too.
package func digest(_ texts: some Sequence<some StringProtocol>) -> String {
  var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x0100_0000_01B3 }
  for text in texts {
    for byte in text.utf8 { add(byte) }
    add(0xFF)
  }
  return String(hash, radix: 16)
}
