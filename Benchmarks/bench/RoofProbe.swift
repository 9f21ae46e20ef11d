import CMachineRoof
import Foundation
import Recurrent
import RecurrentPictures
import Synchronization

/// Measures what one core can do, and what several can at once, over and over.
///
/// A machine has slow moments, some of them minutes long. The probe is asked again before every problem, and the best
/// of all its answers counts, so that the roof and what is held against it see the machine at its best.
@safe
final class RoofProbe {
  /// The best so far, by the number of threads.
  private var roofs: [Int: MachineRoof] = [:]

  /// The memory that is read, 256 MiB. A probe holds it as long as it lives.
  static let memorySize = 1 << 28
  /// Slices of one core: 16 KiB to 256 MiB.
  private static let slices = (14...28).map { 1 << $0 }

  private let loops: machine_roof_probe
  private let memory: UnsafeMutablePointer<Float>
  /// A team that waits for one another however long it takes, as a measurement must.
  private let team: ThreadTeam

  /// A probe that knows the roof of each of `threads`.
  init(threads: Set<Int>) {
    guard let memory = unsafe machine_roof_memory(Self.memorySize) else {
      preconditionFailure("bench: no \(Text.bytes(Self.memorySize)) of memory to measure the bandwidth with")
    }
    unsafe self.memory = memory
    team = ThreadTeam(memberCount: threads.max() ?? 1, patience: .max)
    unsafe loops = machine_roof_best().pointee
    for count in threads { _ = roof(threads: count) }
  }

  deinit { unsafe free(memory) }

  /// The roof of so many threads, at most those of the library's team: more than there are processors have the roof of
  /// all processors.
  func roof(threads: Int) -> MachineRoof {
    let threads = min(threads, ProcessInfo.processInfo.activeProcessorCount)
    if let roof = roofs[threads] { return roof }
    let footprints = Self.slices.map { $0 * threads }.filter { $0 <= Self.memorySize }
    var roof = MachineRoof(
      threadCount: threads, instructionSet: unsafe String(cString: loops.name), bandwidths: footprints.map { ($0, 0) })
    for _ in 0..<5 { measure(&roof) }
    roofs[threads] = roof
    raise()
    return roofs[threads]!
  }

  /// Measures for about a fifth of a second for each number of threads.
  func measure() {
    for threads in roofs.keys { measure(&roofs[threads]!) }
    raise()
  }

  /// What fewer cores reach, more cores reach too: the others could stand by.
  private func raise() {
    var fewer: MachineRoof?
    for threads in roofs.keys.sorted() {
      if let fewer { roofs[threads]!.raise(to: fewer) }
      fewer = roofs[threads]
    }
  }

  private func measure(_ roof: inout MachineRoof) {
    let threads = roof.threadCount
    for _ in 0..<10 { roof.peak = max(roof.peak, multiplyAdds(threads)) }
    for index in roof.bandwidths.indices.reversed() {
      let footprint = roof.bandwidths[index].footprint
      for _ in 0..<3 {
        roof.bandwidths[index].bytesPerSecond = max(roof.bandwidths[index].bytesPerSecond, reads(footprint, threads))
      }
      // What a larger footprint reaches, a smaller one reaches too, even where a slow moment hid it.
      if index + 1 < roof.bandwidths.count {
        let larger = roof.bandwidths[index + 1].bytesPerSecond
        roof.bandwidths[index].bytesPerSecond = max(roof.bandwidths[index].bytesPerSecond, larger)
      }
    }
  }

  /// Operations a second of one try, some milliseconds long.
  private func multiplyAdds(_ threads: Int) -> Double {
    let loop = unsafe loops.multiply_add
    let operations = Mutex(0.0)
    let seconds = together(threads) { _ in
      let count = loop(500_000)
      operations.withLock { $0 += count }
    }
    return operations.withLock { $0 } / seconds
  }

  /// Bytes a second of one try, some milliseconds long.
  private func reads(_ footprint: Int, _ threads: Int) -> Double {
    let slice = footprint / threads
    let times = max(1, (128 << 20) / footprint)
    let count = slice / MemoryLayout<Float>.size
    let loop = unsafe loops.read
    nonisolated(unsafe) let memory = unsafe memory
    let seconds = together(threads) { index in _ = unsafe loop(count, memory + index * count, times) }
    return Double(slice * threads * times) / seconds
  }

  /// The time in which the first of `threads` threads of the team do `work` side by side.
  private func together(_ threads: Int, _ work: @Sendable (Int) -> Void) -> Double {
    guard threads > 1 else { return Stopwatch.seconds { work(0) } }
    let time = Mutex(0.0)
    team.run(members: threads) { member in
      precondition(member.count == threads, "bench: the roof of \(threads) threads needs a team of as many")
      member.meet()
      let seconds = Stopwatch.seconds {
        work(member.index)
        member.meet()
      }
      if member.index == 0 { time.withLock { $0 = seconds } }
    }
    return time.withLock { $0 }
  }
}
