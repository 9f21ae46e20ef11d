import Foundation
import Recurrent
import Testing

@Suite("Activations")
struct ActivationTests {
  @Test(
    "the formulas",
    arguments: [
      (Activation.sigmoid, 0.5, 0.6224593312018546), (.tanh, 0.5, 0.46211715726000973), (.relu, -2, 0), (.relu, 3, 3),
      (.identity, -4, -4), (.affine(alpha: 2, beta: 1), 3, 7), (.leakyReLU(alpha: 0.1), -2, -0.2),
      (.leakyReLU(alpha: 0.1), 2, 2), (.thresholdedReLU(alpha: 1), 1, 0), (.thresholdedReLU(alpha: 1), 1.5, 1.5),
      (.scaledTanh(alpha: 2, beta: 0.5), 1, 0.9242343145200195), (.hardSigmoid(alpha: 0.2, beta: 0.5), 1, 0.7),
      (.hardSigmoid(alpha: 0.2, beta: 0.5), 9, 1), (.hardSigmoid(alpha: 0.2, beta: 0.5), -9, 0),
      (.elu(alpha: 2), -1, -1.2642411176571153), (.elu(alpha: 2), 1, 1), (.softsign, -3, -0.75),
      (.softplus, 0, 0.6931471805599453), (.softplus, 800, 800),
      (.clipped(.tanh, bound: 0.5), 3, 0.46211715726000973), (.clipped(.tanh, bound: 0.5), -3, -0.46211715726000973),
      (.clipped(.affine(alpha: 2, beta: 1), bound: 2), 1.5, 4),
      (.clipped(.affine(alpha: 2, beta: 1), bound: 2), -9, -3),
    ] as [(Activation, Double, Double)])
  func formulas(activation: Activation, x: Double, y: Double) {
    #expect((activation(x) - y).magnitude <= 4 * y.ulp)
    #expect((Double(activation(Float(x))) - y).magnitude <= 8 * Double(Float(y).ulp))
  }

  @Test("σ keeps its relative error where it is tiny")
  func leftTail() {
    for x in stride(from: -700.0, through: 0, by: 3.7) {
      #expect(abs(sigmoid(x) / (exp(x) / (1 + exp(x))) - 1) < 4e-16)
    }
    #expect(sigmoid(-Double.infinity) == 0)
    #expect(sigmoid(Double.infinity) == 1)
    #expect(sigmoid(0.0) == 0.5)
    #expect(sigmoid(Double.nan).isNaN)
    #expect(sigmoid(Float(-100)) > 0)
  }

  @Test("NaN stays NaN")
  func notANumber() {
    let all: [Activation] = [
      .sigmoid, .tanh, .relu, .identity, .affine(alpha: 1, beta: 0), .leakyReLU(alpha: 0.1), .thresholdedReLU(alpha: 1),
      .scaledTanh(alpha: 1, beta: 1), .hardSigmoid(alpha: 0.2, beta: 0.5), .elu(alpha: 1), .softsign, .softplus,
      .clipped(.tanh, bound: 1),
    ]
    for activation in all { #expect(activation(Float.nan).isNaN, "\(activation)") }
  }
}
