import Foundation
import Recurrent
import RecurrentVerification

/// What one core of this machine can do at most, as measured.
struct MachineRoof {
  /// The instruction set whose multiply-adds were measured: the best one of the machine, whatever the library uses.
  let instructionSet: String
  /// Multiply-adds in registers, in operations a second; a multiply-add is two.
  var peak = 0.0
  /// Bytes a second, read again and again from memory of a size, the smallest size first.
  var bandwidths: [(footprint: Int, bytesPerSecond: Double)]

  /// Bytes a second where `footprint` bytes are read again and again: what was measured, and on a straight line over
  /// the logarithm of the footprint between two measured sizes.
  func bandwidth(footprint: Double) -> Double {
    guard let above = bandwidths.firstIndex(where: { Double($0.footprint) >= footprint }) else {
      return bandwidths[bandwidths.count - 1].bytesPerSecond
    }
    guard above > 0 else { return bandwidths[0].bytesPerSecond }
    let (low, high) = (bandwidths[above - 1], bandwidths[above])
    let start = log2(Double(low.footprint))
    let position = (log2(footprint) - start) / (log2(Double(high.footprint)) - start)
    return low.bytesPerSecond + position * (high.bytesPerSecond - low.bytesPerSecond)
  }

  /// The least time for one call of a workload on one core.
  ///
  /// Two things are certain: its operations take their time at the peak, and its weights must be read. A step reads
  /// all of them. A call over T steps works layer by layer: it reads the input weights once, and the recurrent weights
  /// of each layer and direction T times, since a step needs the step before it. The two may overlap, so that the
  /// least time is the longer one. Inputs, outputs and activations are left out: a bound is only ever too low.
  func leastTime(_ workload: Workload) -> LeastTime {
    let problem = workload.problem
    let all = problem.parameterBytes
    var reading = all / bandwidth(footprint: all)
    let steps = Double(workload.mode.stepsPerCall(problem))
    if steps > 1 {
      let recurrent = Double(
        problem.cell.gateCount * problem.hiddenSize * problem.hiddenSize * MemoryLayout<Float>.size)
      let layers = Double(problem.layerCount * (problem.isBidirectional ? 2 : 1))
      reading = (all - layers * recurrent) / bandwidth(footprint: all)
      reading += layers * steps * recurrent / bandwidth(footprint: recurrent)
    }
    return LeastTime(computing: workload.floatingPointOperations / peak, reading: reading)
  }
}

/// A lower bound on a time, in seconds, and its two parts.
struct LeastTime {
  let computing: Double
  let reading: Double
  var seconds: Double { max(computing, reading) }
}
