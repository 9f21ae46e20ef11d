import Foundation
import Testing

import Recurrent

@Suite("LSTM pointwise kernel")
struct LSTMPointwiseKernelTests {
  /// The operands of one pass. What lies between the rows is NaN.
  struct Pass {
    let rows: Int, hidden: Int, zStride: Int, cellStride: Int, hiddenStride: Int
    var z: [Float], bias: [Float], peephole: [Float], cell: [Float], hiddenState: [Float]

    init(rows: Int, hidden: Int, padding: Int = 0, hasPeepholes: Bool) {
      (self.rows, self.hidden) = (rows, hidden)
      (zStride, cellStride, hiddenStride) = (4 * hidden + padding, hidden + 2 * padding, hidden + 3 * padding)
      z = Self.values(rows * zStride, in: -6...6)
      bias = Self.values(4 * hidden, in: -1...1)
      peephole = hasPeepholes ? Self.values(3 * hidden, in: -1...1) : []
      cell = Self.values(rows * cellStride, in: -3...3)
      hiddenState = [Float](repeating: .nan, count: rows * hiddenStride)
    }

    private static func values(_ count: Int, in range: ClosedRange<Float>) -> [Float] {
      (0..<count).map { range.lowerBound + (range.upperBound - range.lowerBound) * Float($0 * 73 % 127) / 126 }
    }

    mutating func run(with kernels: Kernels) {
      var nextCell = cell, nextHidden = hiddenState
      var cells = nextCell.mutableSpan
      var units = nextHidden.mutableSpan
      kernels.lstmPointwise(
        rows: rows, hidden: hidden, z: z.span, zStride: zStride, bias: bias.span, peephole: peephole.span,
        cell: &cells, cellStride: cellStride, hiddenState: &units, hiddenStride: hiddenStride)
      (cell, hiddenState) = (nextCell, nextHidden)
    }

    /// C' and h' of one unit in Double, each with a bound on the error of the kernel in units of 2⁻²⁴.
    ///
    /// The bounds follow the error through the step. z + b has one rounding and a peephole's fma another, so a complete
    /// pre-activation is off by u·(|z + b| + |z|). That shifts σ by as much of itself at most, and tanh by as much.
    /// σ adds 2.5 ulp, no more than 5u of its value, and tanh 2.7 ulp, no more than 6u. Products and the fma add u
    /// each. What is of second order in u is left to the caller.
    func exact(row: Int, unit: Int) -> (c: (value: Double, bound: Double), h: (value: Double, bound: Double)) {
      func sigmoid(_ x: Double) -> Double { 1 / (1 + Foundation.exp(-x)) }
      let weights = (0..<3).map { peephole.isEmpty ? 0 : Double(peephole[$0 * hidden + unit]) }
      var z = (0..<4).map { Double(self.z[row * zStride + $0 * hidden + unit]) + Double(bias[$0 * hidden + unit]) }
      var size = z.map { $0.magnitude }
      let c = Double(cell[row * cellStride + unit])
      z[0] += weights[0] * c
      z[1] += weights[1] * c
      let i = sigmoid(z[0]), f = sigmoid(z[1]), g = Foundation.tanh(z[2])
      let nextC = f * c + i * g
      z[3] += weights[2] * nextC
      for gate in 0..<4 { size[gate] += z[gate].magnitude }
      let o = sigmoid(z[3]), t = Foundation.tanh(nextC)
      let cBound =
        (f * c).magnitude * (5 + size[1]) + (i * g).magnitude * (5 + size[0] + 6 + 1) + i * size[2] + nextC.magnitude
      let hBound = o * (cBound + t.magnitude * (weights[2].magnitude * cBound + size[3] + 5 + 6 + 1))
      return ((nextC, cBound), (o * t, hBound))
    }
  }

  @Test(
    "The step is within its bound of the definition in Double",
    arguments: InstructionSet.available, ActivationKernelTests.sizes)
  func definition(isa: InstructionSet, hidden: Int) throws {
    let kernels = try #require(Kernels(isa))
    for rows in 0...3 {
      for (padding, hasPeepholes) in [(0, false), (0, true), (3, false), (3, true)] {
        let before = Pass(rows: rows, hidden: hidden, padding: padding, hasPeepholes: hasPeepholes)
        var pass = before
        pass.run(with: kernels)
        for row in 0..<rows {
          for unit in 0..<hidden {
            let exact = before.exact(row: row, unit: unit)
            let c = Double(pass.cell[row * pass.cellStride + unit])
            let h = Double(pass.hiddenState[row * pass.hiddenStride + unit])
            #expect((c - exact.c.value).magnitude <= 1.01 * 0x1p-24 * exact.c.bound, "C', row \(row), unit \(unit)")
            #expect((h - exact.h.value).magnitude <= 1.01 * 0x1p-24 * exact.h.bound, "h', row \(row), unit \(unit)")
          }
          let between = row * pass.cellStride + hidden..<(row + 1) * pass.cellStride
          #expect(pass.cell[between] == before.cell[between], "cell was written between rows")
          let afterUnits = row * pass.hiddenStride + hidden..<(row + 1) * pass.hiddenStride
          #expect(pass.hiddenState[afterUnits].allSatisfy { $0.isNaN }, "hiddenState was written between rows")
        }
      }
    }
  }

  @Test("A unit's bits depend on neither its row, its column nor the instruction set", arguments: [false, true])
  func bits(hasPeepholes: Bool) {
    var expected = Pass(rows: 5, hidden: 107, padding: 1, hasPeepholes: hasPeepholes)
    let specials: [Float] = [.infinity, -.infinity, .nan, 0x1p-140, -0.0, 200, -200]
    for (i, value) in specials.enumerated() {
      expected.z[13 * i] = value
      expected.cell[11 * i] = value
    }
    let operands = expected
    expected.run(with: .best)
    for kernels in InstructionSet.available.compactMap({ Kernels($0) }) {
      var pass = operands
      pass.run(with: kernels)
      #expect(zip(pass.cell, expected.cell).allSatisfy { $0.isSame(as: $1) }, "C' on \(kernels.isa)")
      #expect(zip(pass.hiddenState, expected.hiddenState).allSatisfy { $0.isSame(as: $1) }, "h' on \(kernels.isa)")
    }

    // One unit alone, as the only one of its row.
    for (row, unit) in [(0, 1), (1, 15), (2, 16), (4, 106)] {
      var alone = Pass(rows: 1, hidden: 1, hasPeepholes: hasPeepholes)
      for gate in 0..<4 {
        alone.z[gate] = operands.z[row * operands.zStride + gate * operands.hidden + unit]
        alone.bias[gate] = operands.bias[gate * operands.hidden + unit]
        if hasPeepholes, gate < 3 { alone.peephole[gate] = operands.peephole[gate * operands.hidden + unit] }
      }
      alone.cell[0] = operands.cell[row * operands.cellStride + unit]
      alone.run(with: .best)
      #expect(alone.cell[0].isSame(as: expected.cell[row * expected.cellStride + unit]))
      #expect(alone.hiddenState[0].isSame(as: expected.hiddenState[row * expected.hiddenStride + unit]))
    }
  }

  @Test("Operands of the wrong size trap")
  func wrongSizesTrap() async {
    await #expect(processExitsWith: .failure) {
      var pass = Pass(rows: 2, hidden: 3, hasPeepholes: false)
      pass.bias.removeLast()
      pass.run(with: .best)
    }
    await #expect(processExitsWith: .failure) {
      var pass = Pass(rows: 2, hidden: 3, hasPeepholes: true)
      pass.peephole.removeLast()
      pass.run(with: .best)
    }
    await #expect(processExitsWith: .failure) {
      var pass = Pass(rows: 2, hidden: 3, hasPeepholes: false)
      pass.z.removeLast()
      pass.run(with: .best)
    }
    await #expect(processExitsWith: .failure) {
      var pass = Pass(rows: 2, hidden: 3, hasPeepholes: false)
      pass.cell.removeLast()
      pass.run(with: .best)
    }
    await #expect(processExitsWith: .failure) {
      var pass = Pass(rows: 2, hidden: 3, hasPeepholes: false)
      pass.hiddenState.removeLast()
      pass.run(with: .best)
    }
  }
}
