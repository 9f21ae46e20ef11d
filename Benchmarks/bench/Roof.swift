import Foundation
import Recurrent
import RecurrentVerification

/// What some cores of this machine can do at most, all at once, as measured.
struct MachineRoof {
  /// The cores at work.
  let threadCount: Int
  /// The instruction set whose multiply-adds were measured: the best one of the machine, whatever the library uses.
  let instructionSet: String
  /// Multiply-adds in registers, in operations a second, all cores together; a multiply-add is two.
  var peak = 0.0
  /// Bytes a second, all cores together, where each reads its own slice again and again. The footprint is that of all
  /// slices; the smallest comes first.
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

  /// Takes what another roof has more of.
  mutating func raise(to other: MachineRoof) {
    peak = max(peak, other.peak)
    for index in bandwidths.indices {
      let bandwidth = other.bandwidth(footprint: Double(bandwidths[index].footprint))
      bandwidths[index].bytesPerSecond = max(bandwidths[index].bytesPerSecond, bandwidth)
    }
  }

  /// The least time in seconds for one call of a workload on these cores.
  ///
  /// Two things are certain of a product: its operations take their time at the peak, and its weights must be read, at
  /// the bandwidth of the cache that they fit, a slice a core. The two overlap, so that the longer one counts.
  ///
  /// A step is one such product, with all weights. A call over T steps makes two for each layer and direction, one
  /// after the other, since the cores are busy with either: that of the inputs, which may be made for all steps at once
  /// and reads its weights once; and the recurrent one, which reads its weights T times, since a step needs the step
  /// before it. With few sequences the first is bound by the peak and the second by the bandwidth.
  ///
  /// Training makes each product three times: on the way there; on the way back with transposed weights, which are read
  /// as often; and once more for the gradients of the weights, over the rows of all steps, which are read once.
  ///
  /// Inputs, outputs and activations are left out: a bound is only ever too low.
  func leastTime(_ workload: Workload) -> Double {
    let all = workload.problem.parameterBytes
    guard workload.mode != .step else {
      return leastTime(operations: workload.floatingPointOperations, bytes: all, footprint: all)
    }
    let steps = Double(workload.problem.stepCount)
    // A weight is a multiply-add for each row, and has four bytes.
    let rows = Double(workload.problem.rowCount(steps: workload.problem.stepCount))
    let operationsPerByte = 2 * rows / Double(MemoryLayout<Float>.size)
    return workload.layerWeightBytes.reduce(0) { time, bytes in
      let input = leastTime(operations: bytes.input * operationsPerByte, bytes: bytes.input, footprint: all)
      let recurrent = leastTime(
        operations: bytes.recurrent * operationsPerByte, bytes: steps * bytes.recurrent,
        footprint: steps > 1 ? bytes.recurrent : all)
      guard workload.mode == .training else { return time + input + recurrent }
      let both = bytes.input + bytes.recurrent
      return time + 2 * (input + recurrent)
        + leastTime(operations: both * operationsPerByte, bytes: both, footprint: all)
    }
  }

  private func leastTime(operations: Double, bytes: Double, footprint: Double) -> Double {
    max(operations / peak, bytes / bandwidth(footprint: footprint))
  }
}

extension Workload {
  /// Bytes of the two weight matrices of every layer and direction.
  var layerWeightBytes: [(input: Double, recurrent: Double)] {
    let directions = problem.isBidirectional ? 2 : 1
    let column = Double(problem.cell.gateCount * problem.hiddenSize * MemoryLayout<Float>.size)
    return (0..<problem.layerCount).flatMap { layer in
      let inputSize = layer == 0 ? problem.inputSize : directions * problem.hiddenSize
      let bytes = (column * Double(inputSize), column * Double(problem.hiddenSize))
      return Array(repeating: bytes, count: directions)
    }
  }

  /// Bytes of weights that one call must read, from whatever cache.
  var weightBytesRead: Double {
    let steps = Double(mode.stepsPerCall(problem))
    let once = layerWeightBytes.reduce(0) { $0 + $1.input + steps * $1.recurrent }
    return mode == .training ? 2 * once + problem.parameterBytes : once
  }
}
