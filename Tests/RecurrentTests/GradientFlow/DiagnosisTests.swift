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
    // While h is small a random gradient grows by ρ a step in the mean square; it is one of 64 numbers, and its length
    // scatters by 1/√(2·64) = 9 % a step, over 40 steps by 1.4 % a step. tanh takes a few percent more.
    for (finding, radius) in zip(findings.prefix(2), [0.5, 0.8]) {
      #expect((finding.finding.rate - Double._log(radius)).magnitude < 0.15, "\(finding)")
      // A Ginibre matrix of 64 numbers has its largest eigenvalue within some 10 % of ρ.
      #expect((finding.spectralRadius / radius - 1).magnitude < 0.25)
      guard case .vanishing(let steps) = finding.finding.fate else {
        Issue.record("\(finding)")
        continue
      }
      let expected = Double._log(0.01) / Double._log(radius)
      #expect((Double(steps) / expected - 1).magnitude < 0.35, "\(finding), expected \(expected)")
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
      // The pre-activation of f strays by 0.1·√(4/3)/… ≈ 0.12 for a step's inputs, and ln σ by less than that.
      #expect((diagnosis.finding.rate - Double._log(share)).magnitude < 0.12, "\(bias): \(diagnosis)")
      #expect((diagnosis.exponent - Double._log(share)).magnitude < 0.12, "\(bias): \(diagnosis)")
      let times = diagnosis.gates[1].timeConstants!.sorted()
      #expect((times[16] * -Double._log(share) - 1).magnitude < 0.05, "\(bias): \(times)")
      rates.append(diagnosis.finding.rate)
      switch diagnosis.finding.fate {
      case .vanishing(let steps): #expect(bias < 3 && steps < 40 && "\(diagnosis)".contains("forget gate"))
      case .healthy: #expect(bias >= 3)
      case .exploding: Issue.record("\(diagnosis)")
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
    // (1 − z)·∂n/∂h adds what a candidate with such small weights lets through: 0.02·√(32/3)·r.
    #expect((rates[0] - Double._log(sigmoid(-1.0))).magnitude < 0.2, "\(rates)")
    #expect((rates[1] - Double._log(sigmoid(4.0))).magnitude < 0.02, "\(rates)")
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
