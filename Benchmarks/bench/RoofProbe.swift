import CMachineRoof
import Foundation

/// Measures what one core can do, over and over.
///
/// A machine has slow moments, some of them minutes long. The probe is asked again before every problem, and the best
/// of all its answers counts, so that the roof and what is held against it see the machine at its best.
@safe
final class RoofProbe {
  /// The best so far.
  private(set) var roof: MachineRoof

  /// 16 KiB to 256 MiB.
  private static let footprints = (14...28).map { 1 << $0 }

  private let loops: machine_roof_probe
  private let memory: UnsafeMutablePointer<Float>

  init() {
    let size = Self.footprints[Self.footprints.count - 1]
    guard let memory = unsafe machine_roof_memory(size) else {
      preconditionFailure("bench: no \(Text.bytes(size)) of memory to measure the bandwidth with")
    }
    unsafe self.memory = memory
    unsafe loops = machine_roof_best().pointee
    roof = MachineRoof(
      instructionSet: unsafe String(cString: loops.name), bandwidths: Self.footprints.map { ($0, 0) })
    for _ in 0..<5 { measure() }
  }

  deinit { unsafe free(memory) }

  /// Measures for about a fifth of a second.
  func measure() {
    for _ in 0..<10 { roof.peak = max(roof.peak, multiplyAdds()) }
    for index in roof.bandwidths.indices.reversed() {
      let footprint = roof.bandwidths[index].footprint
      for _ in 0..<3 {
        roof.bandwidths[index].bytesPerSecond = max(roof.bandwidths[index].bytesPerSecond, reads(footprint))
      }
      // What a larger footprint reaches, a smaller one reaches too, even where a slow moment hid it.
      if index + 1 < roof.bandwidths.count {
        let larger = roof.bandwidths[index + 1].bytesPerSecond
        roof.bandwidths[index].bytesPerSecond = max(roof.bandwidths[index].bytesPerSecond, larger)
      }
    }
  }

  /// Operations a second of one try, some milliseconds long.
  private func multiplyAdds() -> Double {
    var operations = 0.0
    let seconds = Stopwatch.seconds { operations = unsafe loops.multiply_add(500_000) }
    return operations / seconds
  }

  /// Bytes a second of one try, some milliseconds long.
  private func reads(_ footprint: Int) -> Double {
    let times = max(1, (128 << 20) / footprint)
    let seconds = Stopwatch.seconds {
      _ = unsafe loops.read(footprint / MemoryLayout<Float>.size, memory, times)
    }
    return Double(footprint * times) / seconds
  }
}
