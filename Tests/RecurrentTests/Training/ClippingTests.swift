import Recurrent
import RecurrentTraining
import Testing

@Suite("Training: clipping")
struct ClippingTests {
  @Test("the norm is that of all tensors, and scaling brings it to the limit", arguments: [0, 1, 7, 8, 9, 1001])
  func norm(count: Int) {
    var numbers = Numbers<Float>(weights: .random([count], seed: 1), bias: .random([3], seed: 2))
    let all = numbers.weights.elements + numbers.bias.elements
    let exact = all.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    #expect((numbers.norm() - exact).magnitude <= 1e-13 * exact)
    let before = numbers
    #expect(numbers.clip(toNorm: 2 * exact) == before.norm())
    #expect(numbers == before)
    #expect(numbers.clip(toNorm: exact / 2) == before.norm())
    #expect((numbers.norm() - exact / 2).magnitude <= 1e-7 * exact)
    #expect(before.clipped(toNorm: exact / 2) == numbers)
  }

  @Test("Float's squares do not overflow")
  func large() {
    let numbers = Numbers<Float>(weights: Tensor(shape: [2], elements: [3e30, 4e30]))
    #expect((numbers.norm() / 5e30 - 1).magnitude < 1e-6)
  }

  @Test("values are moved into the interval, NaN stays")
  func values() {
    var numbers = Numbers<Double>(weights: Tensor(shape: [5], elements: [-3, -0.5, 0, .infinity, .nan]))
    numbers.clip(toValue: 1)
    #expect(Array(numbers.weights.elements[..<4]) == [-1, -0.5, 0, 1])
    #expect(numbers.weights.elements[4].isNaN)
  }

  @Test("the first bad number is named")
  func nonFinite() {
    var numbers = Numbers<Double>(weights: Tensor(shape: [2]), bias: Tensor(shape: [3]))
    #expect(numbers.firstNonFinite() == nil)
    numbers.bias[1] = -.infinity
    numbers.bias[2] = .nan
    #expect(numbers.firstNonFinite()?.description == "'bias', whose element 1 is -inf")
    #expect(!numbers.norm().isFinite)
    #expect(numbers.clipped(toNorm: 1).bias[0] == 0)
  }
}
