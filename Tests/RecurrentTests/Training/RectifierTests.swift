import Recurrent
import RecurrentTraining
import Testing

@Suite("Training: rectifier")
struct RectifierTests {
  @Test("what is below 0 is 0, and passes no gradient on; a NaN stays")
  func values() {
    let units = Rectifier(Tensor<Float>(shape: [2, 3], elements: [-2, 0, 3, -.infinity, .infinity, .nan]))
    #expect(units.output.elements.dropLast() == [0, 0, 3, 0, .infinity])
    #expect(units.output[1, 2].isNaN)
    #expect(units.backward(Tensor(shape: [2, 3], repeating: 7)).elements == [0, 0, 7, 0, 7, 7])
  }

  @Test("its gradient is the slope of the loss")
  func slope() {
    // Far enough from 0 that no difference steps over it.
    let input = Tensor<Double>(shape: [8], elements: [-3, -2, -1, -0.5, 0.5, 1, 2, 3])
    let slopes = Tensor<Double>.random([8], seed: 1)
    let gradient = Rectifier(input).backward(slopes)
    #expect(worstSlope(of: input, gradient: gradient) { Rectifier($0).output.dot(slopes) } < 1e-7)
  }
}
