import CAllocationCounter
import Foundation

/// The memory of a call: that of its tape, and all that this program held at the most while it ran, without what it
/// measures the machine with.
struct MemoryUse {
  let tapeBytes: Int
  let peakBytes: Int
}

/// The most memory that this process has had resident.
enum PeakMemory {
  /// The peak while `body` runs, in bytes, whatever the process held then counted in.
  ///
  /// On Linux it is VmHWM, which can be set back (proc(5), `clear_refs`). Where that cannot be done it is the peak since
  /// the process began, as getrusage(2) tells it.
  static func during(_ body: () -> Void) -> Int {
    allocation_counter_give_back()  // what was used before and is free now shall not count
    let isReset = (try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))) != nil
    body()
    return (isReset ? highWaterMark() : nil) ?? sinceStart()
  }

  private static func highWaterMark() -> Int? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
    else { return nil }
    return kibibytes << 10
  }

  private static func sinceStart() -> Int {
    var usage = rusage()
    #if os(Linux)
      unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return usage.ru_maxrss << 10
    #else
      unsafe getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #endif
  }
}
