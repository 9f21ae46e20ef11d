import Foundation
import Recurrent
import RecurrentPictures

/// What a result depends on, beside the code.
struct Machine {
  /// Such as "AMD EPYC, family 25 model 17".
  let processor: String
  let coreCount: Int
  /// Bytes of a core's second and third level, where the system tells them.
  let cacheBytes: [Int: Int]
  let instructionSet: InstructionSet
  /// Such as "OpenBLAS 0.3.21".
  let openBLAS: String
  let openBLASCore: String
  /// Such as "Swift 6.3, release build".
  let build: String
  /// The commit of the source, with "-dirty" behind it where files differ from it, or nil outside a repository.
  let commit: String?

  static let current = Machine(
    processor: processorName(), coreCount: ProcessInfo.processInfo.activeProcessorCount, cacheBytes: cacheSizes(),
    instructionSet: .best, openBLAS: BLAS.description.split(separator: " ").prefix(2).joined(separator: " "),
    openBLASCore: BLAS.core, build: buildDescription(), commit: sourceCommit())

  private static func processorName() -> String {
    let information = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    func value(_ key: String) -> String? {
      for line in information.split(separator: "\n") {
        let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
        if parts.count == 2, parts[0] == key { return parts[1] }
      }
      return nil
    }
    if let name = value("model name") {
      guard let family = value("cpu family"), let model = value("model") else { return name }
      return "\(name), family \(family) model \(model)"
    }
    #if arch(x86_64)
      return "x86-64 processor"
    #elseif arch(arm64)
      return value("CPU part").map { "64-bit Arm processor, part \($0)" } ?? "64-bit Arm processor"
    #else
      return "unknown processor"
    #endif
  }

  /// Such as "1 MiB L2, 32 MiB L3", or nil where the system does not say.
  var caches: String? {
    let sizes = cacheBytes.sorted { $0.key < $1.key }.map { "\(Text.bytes($0.value)) L\($0.key)" }
    return sizes.isEmpty ? nil : sizes.joined(separator: ", ")
  }

  /// The second and third level, as Linux tells them.
  private static func cacheSizes() -> [Int: Int] {
    var sizes: [Int: Int] = [:]
    for index in 0..<8 {
      let folder = "/sys/devices/system/cpu/cpu0/cache/index\(index)/"
      func read(_ file: String) -> String? {
        (try? String(contentsOfFile: folder + file, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
      }
      guard let level = read("level").flatMap({ Int($0) }), level > 1, let size = read("size"), size.hasSuffix("K"),
        let kibibytes = Int(size.dropLast())
      else { continue }
      sizes[level] = kibibytes << 10
    }
    return sizes
  }

  private static func buildDescription() -> String {
    #if compiler(>=6.4)
      let version = "Swift 6.4 or later"
    #else
      let version = "Swift 6.3"
    #endif
    #if DEBUG
      return version + ", debug build"
    #else
      return version + ", release build"
    #endif
  }

  private static func sourceCommit() -> String? {
    let git = Process()
    let output = Pipe()
    git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    git.arguments = ["git", "describe", "--always", "--dirty"]
    git.currentDirectoryURL = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    git.standardOutput = output
    git.standardError = FileHandle.nullDevice
    guard (try? git.run()) != nil else { return nil }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    git.waitUntilExit()
    return git.terminationStatus == 0 ? text.trimmingCharacters(in: .whitespacesAndNewlines) : nil
  }
}
