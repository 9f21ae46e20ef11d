import Recurrent
import RecurrentTraining
import Testing

@Suite("Training: dropout of a tensor")
struct DropoutMaskTests {
  @Test("as many are dropped as the rate says, the rest scaled so that the mean stays", arguments: [0.1, 0.5, 0.9])
  func share(rate: Double) {
    var generator = SeededGenerator(seed: 1)
    let count = 40_000
    let mask = DropoutMask<Float>(rate: rate, shape: [100, 4, 100], using: &generator)
    let dropped = mask.factors.elements.count { $0 == 0 }
    // Five deviations of a binomial.
    #expect(abs(Double(dropped) - rate * Double(count)) < 5 * (rate * (1 - rate) * Double(count)).squareRoot())
    #expect(mask.factors.elements.allSatisfy { $0 == 0 || $0 == Float(1 / (1 - rate)) })
  }

  @Test("a linear map that is its own transpose: the gradient goes through the same call")
  func transpose() {
    var generator = SeededGenerator(seed: 2)
    let mask = DropoutMask<Double>(rate: 0.4, shape: [5, 7], using: &generator)
    let (input, slopes) = (Tensor<Double>.random([5, 7], seed: 3), Tensor<Double>.random([5, 7], seed: 4))
    #expect(worstSlope(of: input, gradient: mask(slopes)) { mask($0).dot(slopes) } < 1e-7)
  }

  @Test("the same generator, the same mask; a rate of 0 draws nothing and changes nothing")
  func reproducible() {
    var (a, b) = (SeededGenerator(seed: 3), SeededGenerator(seed: 3))
    let nothing = DropoutMask<Float>(rate: 0, shape: [9], using: &a)
    #expect(a == b)
    let input = Tensor<Float>.random([9], seed: 4)
    #expect(nothing(input) == input)
    #expect(
      DropoutMask<Float>(rate: 0.5, shape: [9], using: &a) == DropoutMask<Float>(rate: 0.5, shape: [9], using: &b))
  }

  @Test("what is dropped is 0, even where it was NaN")
  func nan() {
    var generator = SeededGenerator(seed: 5)
    let mask = DropoutMask<Float>(rate: 0.5, shape: [64], using: &generator)
    let kept = mask(Tensor(shape: [64], repeating: .nan))
    for (factor, number) in zip(mask.factors.elements, kept.elements) {
      #expect(factor == 0 ? number == 0 : number.isNaN)
    }
  }
}
