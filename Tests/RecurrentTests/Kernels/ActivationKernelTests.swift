import Foundation
import Testing

import Recurrent

@Suite("Activation kernels")
struct ActivationKernelTests {
  typealias Function = ActivationFunction

  /// Around the vectors of 4, 8 and 16 floats, and a prime.
  static let sizes = [0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33, 97]

  @Test("An element's result depends on nothing but the element", arguments: InstructionSet.available, sizes)
  func elementwise(isa: InstructionSet, count: Int) throws {
    let kernels = try #require(Kernels(isa))
    let x = (0..<count).map { Float($0 * 37 % 101) / 6 - 8 }
    for function in Function.allCases {
      let y = function.map(x, with: kernels)
      for i in 0..<count {
        #expect(y[i].isSame(as: function(x[i], with: kernels)), "\(function)(\(x[i]))")
        #expect(y[i].ulps(from: function.exact(Double(x[i]))) <= function.maxUlp, "\(function)(\(x[i]))")
      }
      var inPlace = x
      var span = inPlace.mutableSpan
      function.form(&span, with: kernels)
      #expect(inPlace == y, "\(function) in place")
    }
  }

  @Test("Special values, to the bit", arguments: InstructionSet.available)
  func specialValues(isa: InstructionSet) throws {
    let kernels = try #require(Kernels(isa))
    let tiny = Float.leastNonzeroMagnitude, huge = Float.greatestFiniteMagnitude, infinity = Float.infinity
    let large = Float.leastNormalMagnitude.nextDown  // the largest denormal
    let cases: [(x: Float, exp: Float, sigmoid: Float, tanh: Float)] = [
      (0, 1, 0.5, 0), (-0.0, 1, 0.5, -0.0),
      (infinity, infinity, 1, 1), (-infinity, 0, 0, -1),
      (.nan, .nan, .nan, .nan), (-.nan, .nan, .nan, .nan), (.signalingNaN, .nan, .nan, .nan),
      (tiny, 1, 0.5, tiny), (-tiny, 1, 0.5, -tiny),
      (0x1.8p-127, 1, 0.5, 0x1.8p-127), (-large, 1, 0.5, -large),
      (huge, infinity, 1, 1), (-huge, 0, 0, -1), (-104, 0, 0, -1),
    ]
    for (x, exp, sigmoid, tanh) in cases {
      #expect(Function.exp(x, with: kernels).isSame(as: exp), "exp(\(x))")
      #expect(Function.sigmoid(x, with: kernels).isSame(as: sigmoid), "sigmoid(\(x))")
      #expect(Function.tanh(x, with: kernels).isSame(as: tanh), "tanh(\(x))")
    }
  }

  @Test("Tails that end in denormals keep their precision", arguments: InstructionSet.available)
  func denormalTails(isa: InstructionSet) throws {
    let kernels = try #require(Kernels(isa))
    // exp and sigmoid are denormal from -87.34 down to -103.97; half of the smallest denormal decides beyond.
    for x in stride(from: Float(-104), through: -87, by: 1 / 64) {
      for function in [Function.exp, .sigmoid] {
        let y = function(x, with: kernels)
        #expect(y.ulps(from: function.exact(Double(x))) <= function.maxUlp, "\(function)(\(x)) is \(y)")
        #expect(y > 0 || x < -103.97, "\(function)(\(x)) is \(y)")
      }
    }
    // tanh(x) is x, as closely as a Float can say it, and never 0.
    for exponent in -149 ... -13 {
      let x = Float(sign: .plus, exponent: exponent, significand: 1)
      #expect(Function.tanh(x, with: kernels) == x, "tanh(\(x))")
      #expect(Function.tanh(-x, with: kernels) == -x, "tanh(\(-x))")
    }
  }

  /// Walks the bit patterns of all floats: four million of them, half a million in a debug build, which is slow, or with
  /// RECURRENT_EXHAUSTIVE=1 every one.
  @Test("The error is within the bound, and the bits are equal on every instruction set", arguments: Function.allCases)
  func walk(function: Function) throws {
    let isExhaustive = ProcessInfo.processInfo.environment["RECURRENT_EXHAUSTIVE"] == "1"
    #if DEBUG
      let sparse: UInt64 = 8191
    #else
      let sparse: UInt64 = 1021
    #endif
    let step = isExhaustive ? 1 : sparse
    let block = 1 << 14
    let others = InstructionSet.available.filter { $0 != .best }.compactMap { Kernels($0) }
    var x: [Float] = []
    var worst = (error: 0.0, x: Float.nan), blocks = 0
    var bits: UInt64 = 0
    while bits <= UInt64(UInt32.max) {
      x.removeAll(keepingCapacity: true)
      while x.count < block, bits <= UInt64(UInt32.max) {
        x.append(Float(bitPattern: UInt32(bits)))
        bits += step
      }
      let y = function.map(x, with: .best)
      for i in x.indices {
        let error = y[i].ulps(from: function.exact(Double(x[i])))
        if error > worst.error { worst = (error, x[i]) }
        if !function.range.contains(y[i]), !y[i].isNaN { Issue.record("\(function)(\(x[i])) is \(y[i])") }
      }
      // The portable kernels may call fmaf for every element: of all floats they see one block in 61.
      for kernels in others where kernels.isa != .portable || !isExhaustive || blocks % 61 == 0 {
        let other = function.map(x, with: kernels)
        for i in x.indices where !y[i].isSame(as: other[i]) {
          Issue.record("\(function)(\(x[i])) is \(y[i]), but \(other[i]) on \(kernels.isa)")
        }
      }
      blocks += 1
    }
    #expect(worst.error <= function.maxUlp, "\(function)(\(worst.x)) is off by \(worst.error) ulp")
  }

  @Test("Results for another number of arguments trap")
  func wrongCountTraps() async {
    await #expect(processExitsWith: .failure) {
      let x: [Float] = [1, 2, 3]
      var y: [Float] = [0, 0]
      var span = y.mutableSpan
      Kernels.best.tanh(x.span, into: &span)
    }
  }
}
