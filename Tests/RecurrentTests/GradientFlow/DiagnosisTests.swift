import Recurrent
import RecurrentTraining
import Testing

/// The known picture, on random weights: with what a plain network's gradients stand and fall, and with what an LSTM's.
@Suite("Gradient flow: the known picture, and what is said of it")
struct DiagnosisTests {
  static let seeds: [UInt64] = [1, 2, 3]

  /// Recurrent weights from N(0, ρ²/H), whose spectral radius goes to ρ as H grows (Ginibre's circle).
  private func rnn(_ radius: Double, seed: UInt64) -> RNN<Double> {
    let normal = Initializer { shape, generator in
      (0..<shape.count).map { _ in radius / Double(shape.hiddenSize).squareRoot() * generator.normal() }
    }
    return RNN(
      RNNConfiguration(inputSize: 4, hiddenSize: 64),
      initialization: RNNInitialization(input: .uniform(0.1), recurrent: normal, bias: .constant(0)), seed: seed)
  }

  private func input(seed: UInt64) -> Tensor<Double> { .random([80, 3, 4], seed: seed) }

  @Test("a plain network's gradients vanish or explode with its spectral radius", arguments: seeds)
  func plain(seed: UInt64) throws {
    let findings = [0.5, 0.8, 3].map { rnn($0, seed: seed).diagnosis(input(seed: seed))[0] }
    for (finding, radius) in zip(findings.prefix(2), [0.5, 0.8]) {
      // From 40 steps back on a gradient is made of the eigenvectors whose eigenvalues are near the largest: 0.9⁴⁰ of it is
      // 1 %. So it grows by 0.9 to 1 of the spectral radius a step, −ln 0.9 = 0.11; by how oblique they are, √64 at the
      // most as a rule, over those 40 steps: ln 8/40 = 0.05; and tanh, with h about 0.1, takes 0.01.
      #expect((finding.finding.rate - Double._log(finding.spectralRadius)).magnitude < 0.17, "\(finding)")
      // Beyond 1 + δ of ρ a Ginibre matrix has √(n/2)·∫erfc(u) du from √(2n)·δ on eigenvalues to be expected: with n = 64
      // and δ = ¼ one in 10⁴ matrices. Within 1 − δ lie 36 of 64, and with them all never.
      #expect((finding.spectralRadius / radius - 1).magnitude < 0.25)
      guard case .vanishing(let steps) = finding.finding.fate else {
        Issue.record("\(finding)")
        continue
      }
      // At first a random gradient grows by ρ a step in the mean square; of 64 numbers, its length scatters by 1/√(2·64) =
      // 9 % a step, in k steps by 0.09·√k of ln 100 = 4.6: four standard deviations of that, and a whole step.
      let expected = Double._log(0.01) / Double._log(radius)
      let limit = 4 * 0.09 * expected.squareRoot() / 4.6 * expected + 1
      #expect((Double(steps) - expected).magnitude < limit, "\(finding), expected \(expected)")
      #expect("\(finding)".contains("spectral radius"))
    }
    #expect(findings[2].finding.fate == .exploding && findings[2].exponent > 0, "\(findings[2])")
    // tanh tames it: by less than W alone.
    #expect(findings[2].finding.rate < Double._log(3))
    #expect("\(findings[2])".contains("explode") && "\(findings[2])".contains("spectral radius"))
  }

  /// Small weights leave f = σ(b_f), and C the only way back that counts: ln σ(b_f) a step.
  @Test("an LSTM's gradients vanish or last with its forget bias", arguments: seeds)
  func lstm(seed: UInt64) {
    var rates: [Double] = []
    for bias in [-1.0, 1, 3, 6] {
      let lstm = LSTM<Double>(
        LSTMConfiguration(inputSize: 4, hiddenSize: 32),
        initialization: LSTMInitialization(
          input: .uniform(0.1), recurrent: .uniform(0.02), scope: .wholeMatrix, bias: .forget(bias)), seed: seed)
      let diagnosis = lstm.diagnosis(input(seed: seed))[0]
      let share = sigmoid(bias)
      // Four inputs of U(−1, 1) by weights of U(−0.1, 0.1) move the pre-activation of f by √4·0.1/3 = 0.067, and ln f by
      // 1 − f of that; the mean of 40 steps, of the unit of 32 that strays most, by three times 1/√40 of it. By way of h
      // a random matrix stands beside f, of the radius i·o = ¼ times 0.02·√(32/3) = 0.065, with no eigenvalue to be expected
      // (see above; one in 250 matrices) beyond a quarter more: 0.020/f.
      let limit = (1 - share) * 0.067 * 3 / 40.0.squareRoot() + 0.020 / share
      #expect((diagnosis.finding.rate - Double._log(share)).magnitude < limit, "\(bias): \(diagnosis)")
      #expect((diagnosis.exponent - Double._log(share)).magnitude < limit, "\(bias): \(diagnosis)")
      // The mean of 240 steps strays by 0.067/√240 = 0.4 % of −ln f at most, the unit in the middle by a quarter of that.
      // Squares add ½·0.067² = 0.2 %.
      let times = diagnosis.gates[1].timeConstants!.sorted()
      #expect((times[16] * -Double._log(share) - 1).magnitude < 4 * 0.001 + 0.002, "\(bias): \(times)")
      rates.append(diagnosis.finding.rate)
      switch diagnosis.finding.fate {
      case .vanishing(let steps): #expect(bias < 3 && steps < 40 && "\(diagnosis)".contains("forget gate"))
      case .healthy: #expect(bias >= 3)
      case .exploding, .notANumber: Issue.record("\(diagnosis)")
      }
    }
    #expect(rates == rates.sorted())
  }

  @Test("a GRU's gradients last with its update gate", arguments: seeds)
  func gru(seed: UInt64) {
    let rates = [-1.0, 4].map { bias in
      let configuration = GRUConfiguration(inputSize: 4, hiddenSize: 32)
      var parameters = GRUParameters<Double>(
        configuration,
        initialization: GRUInitialization(
          input: .uniform(0.1), recurrent: .uniform(0.02), scope: .wholeMatrix, bias: .constant(0)), seed: seed)
      for unit in 0..<32 { parameters[layer: 0].bias[32 + unit] = bias }
      let diagnosis = GRU<Double>(configuration, parameters: parameters).diagnosis(input(seed: seed))[0]
      #expect("\(diagnosis)".contains("update gate"))
      return diagnosis.finding.rate
    }
    for (rate, bias) in zip(rates, [-1.0, 4]) {
      // As of f above, z strays by 0.067·(1 − z), three times 1/√40 of it; beside z stands (1 − z)·∂n/∂h, a random matrix of
      // r = ½ times 0.02·√(32/3) = 0.065, and a quarter more.
      let share = sigmoid(bias)
      let limit = (1 - share) * (0.067 * 3 / 40.0.squareRoot() + 0.041 / share)
      #expect((rate - Double._log(share)).magnitude < limit, "\(bias): \(rate), limit \(limit)")
    }
  }

  @Test("an LSTM explodes by way of h, and says so")
  func explodingLSTM() {
    let lstm = LSTM<Double>(
      LSTMConfiguration(inputSize: 4, hiddenSize: 32),
      initialization: LSTMInitialization(
        input: .uniform(0.1), recurrent: .uniform(3), scope: .wholeMatrix, bias: .forget(1)), seed: 1)
    let diagnosis = lstm.diagnosis(input(seed: 1))[0]
    #expect(diagnosis.finding.fate == .exploding && diagnosis.exponent > 0, "\(diagnosis)")
    #expect("\(diagnosis)".contains("by way of h"))
  }

  @Test("what is not a number is said to come from where it comes from")
  func notNumbers() {
    func fates(
      _ change: (inout LSTMParameters<Double>, inout Tensor<Double>, inout LSTM<Double>.State) -> Void
    ) -> [LayerDiagnosis] {
      let lstm = LSTM<Double>(inputSize: 4, hiddenSize: 3, layerCount: 2, seed: 1)
      var (parameters, input, state) = (lstm.parameters, self.input(seed: 1), lstm.zeroState(batchSize: 3))
      change(&parameters, &input, &state)
      return LSTM<Double>(lstm.configuration, parameters: parameters).diagnosis(input, from: state)
    }
    let weights = fates { parameters, _, _ in parameters[layer: 0].matrix[2, 5] = .nan }
    #expect(weights.map(\.finding.fate) == [.notANumber(.weights), .notANumber(.input)])
    #expect("\(weights[0])".contains("not numbers: there is NaN or ∞ in its weights."), "\(weights[0])")
    #expect("\(weights[1])".contains("NaN or ∞ in its input, which comes from the layer below."), "\(weights[1])")
    let read = fates { _, input, _ in for sequence in 0..<3 { input[40, sequence, 1] = .nan } }
    #expect(read[0].finding.fate == .notANumber(.input))
    #expect("\(read[0])".contains("NaN or ∞ in its input."), "\(read[0])")
    let state = fates { _, _, state in
      for sequence in 0..<3 { state.hidden[0, sequence, 2] = .nan }
    }
    #expect(state[0].finding.fate == .notANumber(.initialState))
    #expect("\(state[0])".contains("NaN or ∞ in its initial state."), "\(state[0])")
    // One sequence of three leaves the median as it is.
    let one = fates { _, input, _ in input[40, 0, 1] = .nan }
    #expect(one[0].finding.fate != .notANumber(.input) && !"\(one[0])".contains("no end"), "\(one[0])")
    #expect(!"\(one[0])".contains("nan") && "\(one[0])".contains("exponent is not known"), "\(one[0])")
    // All is finite that goes in, and nothing that comes out.
    let wild = RNN<Double>(
      RNNConfiguration(inputSize: 4, hiddenSize: 2, activation: .identity),
      initialization: RNNInitialization(input: .constant(0), recurrent: .constant(1e200), bias: .constant(0)), seed: 1)
    let fate = wild.diagnosis(input(seed: 1))[0]
    #expect(fate.finding.fate == .exploding && "\(fate)".contains("leave the range of the numbers"), "\(fate)")
  }

  /// A linear network with W, whose gradient of one step before is that of the step after times Wᵀ.
  private func linear(_ elements: [Double]) -> RNN<Double> {
    let configuration = RNNConfiguration(inputSize: 1, hiddenSize: 2, activation: .identity)
    var parameters = RNNParameters<Double>(configuration, initialization: .uniform, seed: 1)
    parameters[layer: 0].matrix = Tensor(shape: [3, 2], elements: elements + [0, 0])
    parameters[layer: 0].bias = Tensor(shape: [2])
    return RNN<Double>(configuration, parameters: parameters)
  }

  @Test("gradients that have grown, and stopped, do not explode")
  func plateau() {
    let input = Tensor<Double>(shape: [50, 9, 1])
    let stopped = linear([1 + 1e-9, 0, 200, 0]).diagnosis(input)[0]
    #expect(stopped.gradients.state.medians[1] > 10 && stopped.finding.rate > 0)
    #expect(stopped.finding.fate == .healthy, "\(stopped)")
    // By 1.05⁵⁰ = 11.5 in all they double three times.
    let growing = linear([1.05, 0, 200, 0]).diagnosis(input)[0]
    #expect(growing.finding.fate == .exploding, "\(growing)")
    let step = linear([1, 0, 0, 1]).diagnosis(Tensor(shape: [1, 1, 1]))[0]
    #expect(step.finding.fate == .healthy && "\(step)".contains("healthy over the 1 step seen"), "\(step)")
  }

  /// One unit with h' = tanh(h + x): with x = 0 its gradient lasts, and with x = 4 a step leaves 10⁻³ of it.
  @Test("a long sequence does not speak for a batch of short ones")
  func ragged() {
    let configuration = RNNConfiguration(inputSize: 1, hiddenSize: 1)
    var parameters = RNNParameters<Double>(configuration, initialization: .uniform, seed: 1)
    parameters[layer: 0].matrix = Tensor(shape: [2, 1], elements: [1, 1])
    parameters[layer: 0].bias = Tensor(shape: [1])
    let rnn = RNN<Double>(configuration, parameters: parameters)
    var input = Tensor<Double>(shape: [100, 5, 1])
    for step in 0..<100 { input[step, 0, 0] = 4 }
    let found = rnn.diagnosis(input, lengths: [100, 10, 12, 10, 10])[0]
    #expect(found.gradients.state.medians.count == 101)
    #expect(found.finding.fate == .healthy && found.finding.distance == 10 && found.finding.rate == 0, "\(found)")
  }

  /// W = 10ᵏ times a turn by some angle: both eigenvalues have the magnitude 10ᵏ, and their squares are beyond Double.
  @Test("eigenvalues are right as far as Double goes", arguments: [1e200, 1e-200])
  func eigenvalues(scale: Double) {
    let (c, s) = (0.6 * scale, 0.8 * scale)
    let found = linear([c, -s, s, c]).diagnosis(Tensor(shape: [1, 1, 1]))[0].spectralRadius
    #expect((found / scale - 1).magnitude < 16 * Double.ulpOfOne, "\(found)")
  }

  @Test("every layer and direction has a diagnosis; none of a batch without steps is a number")
  func places() {
    let gru = GRU<Float>(inputSize: 4, hiddenSize: 8, layerCount: 2, isBidirectional: true, seed: 1)
    let diagnoses = gru.diagnosis(.random([20, 3, 4], seed: 2), lengths: [20, 0, 11])
    #expect(diagnoses.map(\.place.description) == ["layer 0", "layer 0 in reverse", "layer 1", "layer 1 in reverse"])
    #expect(diagnoses.allSatisfy { $0.exponent < 0 && $0.spectralRadius > 0 })
    let nothing = gru.diagnosis(Tensor(shape: [0, 2, 4]))
    #expect(nothing.count == 4 && nothing.allSatisfy { $0.exponent.isNaN && $0.finding.fate == .healthy })
  }
}
