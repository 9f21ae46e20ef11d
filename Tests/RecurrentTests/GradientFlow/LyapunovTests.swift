import Recurrent
import RecurrentTraining
import Testing

@Suite("Gradient flow: Lyapunov exponents")
struct LyapunovTests {
  /// A linear network h' = h·W + …, whose Jacobian is Wᵀ at every step.
  private func linear<Scalar: RecurrentScalar>(_ matrix: Tensor<Double>, of _: Scalar.Type) -> RNN<Scalar> {
    let size = matrix.shape[0]
    let configuration = RNNConfiguration(inputSize: 1, hiddenSize: size, activation: .identity)
    var parameters = RNNParameters<Double>(configuration, initialization: .uniform, seed: 1)
    for row in 0..<size {
      for column in 0..<size { parameters[layer: 0].matrix[row, column] = matrix[row, column] }
    }
    return RNN<Scalar>(configuration, parameters: parameters.converted(to: Scalar.self))
  }

  /// W = V·diag(λ)·V⁻¹ with V unit lower triangular, so that V⁻¹ is exact enough: |λ| are the eigenvalues' magnitudes.
  private func matrix(_ eigenvalues: [Double]) -> Tensor<Double> {
    let size = eigenvalues.count
    var generator = SeededGenerator(seed: 9)
    var v = (0..<size).map { row in
      (0..<size).map { $0 == row ? 1 : $0 < row ? generator.uniform(-0.5, 0.5) : 0 }
    }
    // A second triangle above makes W full: V = L·U.
    let upper = (0..<size).map { row in
      (0..<size).map { $0 == row ? 1 : $0 > row ? generator.uniform(-0.5, 0.5) : 0 }
    }
    let lower = v
    for row in 0..<size {
      for column in 0..<size { v[row][column] = (0..<size).reduce(0) { $0 + lower[row][$1] * upper[$1][column] } }
    }
    // V·diag(λ) = W·V, by Gauss's elimination on Vᵀ·Wᵀ = (V·diag(λ))ᵀ without pivots, since V = L·U.
    var left = (0..<size).map { row in (0..<size).map { v[$0][row] } }
    var right = (0..<size).map { row in (0..<size).map { v[$0][row] * eigenvalues[row] } }
    for pivot in 0..<size {
      for row in 0..<size where row != pivot {
        let factor = left[row][pivot] / left[pivot][pivot]
        for column in 0..<size {
          left[row][column] -= factor * left[pivot][column]
          right[row][column] -= factor * right[pivot][column]
        }
      }
    }
    var matrix = Tensor<Double>(shape: [size, size])
    for row in 0..<size {
      for column in 0..<size { matrix[column, row] = right[row][column] / left[row][row] }
    }
    return matrix
  }

  static let spectra: [[Double]] = [[1.2, 0.9, -0.7, 0.4, 0.1], [0.5, -0.3, 0.2], [-1.25, 0.8], [0.8]]

  /// Rows turn to the eigenspaces as the ratios of neighbouring eigenvalues to the power of the steps left out: at most
  /// 0.78²⁰⁰ = 10⁻²². What is left is rounding: a step's QR and product, off by some 10·5 roundings of terms that V may have
  /// made κ(V) ≈ 10 times larger, averaged.
  @Test("of a linear network they are the logarithms of its eigenvalues' magnitudes", arguments: spectra)
  func linear(_ eigenvalues: [Double]) {
    func check<Scalar: RecurrentScalar>(_: Scalar.Type) {
      let rnn = linear(matrix(eigenvalues), of: Scalar.self)
      let input = Tensor<Scalar>.random([300, 2, 1], bound: 1e-3, seed: 2)
      let found = rnn.stateJacobians(input, sequence: 1).lyapunovExponents(discarding: 200)
      let wanted = eigenvalues.map { Double._log($0.magnitude) }
      #expect(found.count == wanted.count)
      for (found, wanted) in zip(found, wanted) {
        // 2·10⁻¹³ in Double, where 10⁻⁶ is asked for, and 10⁻⁴ in Float. The least eigenvalue is off by as much of the
        // largest one, ten times it here.
        let limit = 1000 * Double(Scalar.ulpOfOne) * (Scalar.self == Float.self ? 1 : 10)
        #expect((found - wanted).magnitude <= limit, "\(Scalar.self) \(eigenvalues): \(found), not \(wanted)")
      }
      let leading = rnn.stateJacobians(input, sequence: 1).lyapunovExponents(count: 1, discarding: 200)
      #expect(leading.count == 1 && (leading[0] - wanted[0]).magnitude <= 1e4 * Double(Scalar.ulpOfOne))
    }
    check(Double.self)
    check(Float.self)
  }

  /// Q·αW is orthogonal times α whatever Q is: each step's R is α times the identity, within the roundings of a product
  /// and a factorisation of 12 numbers, and an average adds none.
  @Test("of a scaled orthogonal W they are the logarithm of its scale", arguments: [0.3, 0.97, 1, 2.5])
  func orthogonal(scale: Double) {
    func check<Scalar: RecurrentScalar>(_: Scalar.Type) {
      let rnn = RNN<Scalar>(
        RNNConfiguration(inputSize: 3, hiddenSize: 12, activation: .identity),
        initialization: RNNInitialization(
          input: .glorotUniform, recurrent: .orthogonal(gain: scale), bias: .constant(0)), seed: 6)
      let input = Tensor<Scalar>(shape: [50, 1, 3])
      for found in rnn.stateJacobians(input).lyapunovExponents() {
        #expect((found - Double._log(scale)).magnitude <= 4 * 12 * Double(Scalar.ulpOfOne), "\(Scalar.self): \(found)")
      }
    }
    check(Double.self)
    check(Float.self)
  }

  /// |det J| is the product of the singular values, and of e to the exponents: for any W, and to the last step.
  @Test("their sum is the growth of the whole volume, in every cell")
  func volume() {
    func check<Layer: RecurrentLayer<Double>>(_ layer: Layer) {
      let jacobians = layer.stateJacobians(.random([4, 1, 3], seed: 3))
      let sum = jacobians.lyapunovExponents().reduce(0, +) * 4
      let volume = (0..<4).reduce(0.0) { sum, step in
        sum + ScaledMatrix(jacobians.matrix(ofStep: step)).logSingularValues().reduce(0, +)
      }
      // Singular values are right to ε·σ₁, and the least is above 10⁻⁴ of it: 10⁻¹² for each of some dozens.
      #expect((sum - volume).magnitude < 1e-10, "\(Layer.self): \(sum), not \(volume)")
    }
    check(LSTM<Double>(inputSize: 3, hiddenSize: 5, seed: 1))
    check(GRU<Double>(inputSize: 3, hiddenSize: 5, reset: .beforeProduct, seed: 2))
    check(RNN<Double>(inputSize: 3, hiddenSize: 5, seed: 3))
  }

  /// Units 0 and 1 are alive, h = [2.8, 1.8] or so, and unit 2, at −10, is dead: J is that of the two, whose eigenvalues are
  /// 0.4 ± √0.03, and a row of zeros. Their ratio to the power of the 100 steps left out is 10⁻⁴⁰; roundings are as above.
  @Test("a direction that is lost in every step, of rounding alone, has −∞")
  func deadUnit() {
    func check<Scalar: RecurrentScalar>(_: Scalar.Type) {
      let configuration = RNNConfiguration(inputSize: 1, hiddenSize: 3, activation: .relu)
      var parameters = RNNParameters<Double>(configuration, initialization: .uniform, seed: 1)
      parameters[layer: 0].matrix = Tensor(
        shape: [4, 3], elements: [0.5, 0.1, 0.4, 0.2, 0.3, -0.3, 0.7, -0.6, 0.9, 0, 0, 0])
      parameters[layer: 0].bias = Tensor(shape: [3], elements: [1, 1, -10])
      let rnn = RNN<Scalar>(configuration, parameters: parameters.converted(to: Scalar.self))
      let found = rnn.stateJacobians(Tensor(shape: [200, 1, 1])).lyapunovExponents(discarding: 100)
      let wanted = [0.4 + 0.03.squareRoot(), 0.4 - 0.03.squareRoot()].map { Double._log($0) }
      for (found, wanted) in zip(found, wanted) {
        #expect((found - wanted).magnitude < 1e3 * Double(Scalar.ulpOfOne), "\(Scalar.self): \(found), not \(wanted)")
      }
      #expect(found[2] == -.infinity, "\(Scalar.self): \(found)")
    }
    check(Double.self)
    check(Float.self)
  }

  /// 1, −1 in the order of Hadamard, times 0.9·10³⁰⁸, is orthogonal times 1.8·10³⁰⁸: every number is one of Double, and no
  /// row's length is.
  @Test("numbers whose squares, sums and products are beyond Double")
  func nearTheLargest() {
    let signs: [Double] = [1, 1, 1, 1, 1, -1, 1, -1, 1, 1, -1, -1, 1, -1, -1, 1]
    let matrix = Tensor<Double>(shape: [4, 4], elements: signs.map { $0 * 0.9e308 })
    let jacobians = linear(matrix, of: Double.self).stateJacobians(Tensor<Double>(shape: [3, 1, 1]))
    let wanted = Double._log(1.8) + 308 * Double._log(10)
    // The logarithms, of some 700, are right to a rounding, and what they are of to some dozens.
    let limit = 4 * 700 * Double.ulpOfOne
    for found in jacobians.lyapunovExponents() {
      #expect((found - wanted).magnitude < limit, "\(found), not \(wanted)")
    }
    let values = jacobians.singularValues()
    #expect(values.ofSteps.count == 3 && values.ofProducts.count == 3)
    for found in values.ofSteps.joined() { #expect((found - wanted).magnitude < limit, "\(found), not \(wanted)") }
    for (index, values) in values.ofProducts.enumerated() {
      let wanted = Double(index + 1) * wanted
      for found in values { #expect((found - wanted).magnitude < 3 * limit, "\(found), not \(wanted)") }
    }
  }

  @Test("a step that lets nothing through, and one that is not a number")
  func degenerate() {
    let dead = RNN<Double>(
      RNNConfiguration(inputSize: 1, hiddenSize: 3, activation: .relu),
      initialization: RNNInitialization(input: .constant(0), recurrent: .constant(1), bias: .constant(-1)), seed: 1)
    let input = Tensor<Double>(shape: [4, 1, 1])
    #expect(dead.stateJacobians(input).lyapunovExponents() == [-.infinity, -.infinity, -.infinity])
    let broken = RNN<Double>(
      RNNConfiguration(inputSize: 1, hiddenSize: 3),
      initialization: RNNInitialization(input: .constant(0), recurrent: .constant(.nan), bias: .constant(0)), seed: 1)
    let exponents = broken.stateJacobians(input).lyapunovExponents()
    #expect(exponents.filter(\.isNaN).count == 3)
  }
}
