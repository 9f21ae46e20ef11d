import Recurrent
import RecurrentTraining
import Testing

@Suite("Gradient flow: the page")
struct DiagnosisReportTests {
  /// The report's steps end before those of the finding, and its sequence is another one.
  @Test("the leading exponent in the table is that of the finding")
  func leading() throws {
    let gru = GRU<Double>(inputSize: 2, hiddenSize: 4, layerCount: 2, seed: 3)
    var options = DiagnosisReport.Options()
    (options.sequence, options.jacobianSteps, options.comparesCells) = (1, 8, false)
    let report = DiagnosisReport(gru, .random([90, 2, 2], seed: 4), lengths: [90, 70], options: options)
    #expect(report.exponents.map(\.count) == [4, 4] && report.singularValues.allSatisfy { $0.steps == 62..<70 })
    for diagnosis in report.diagnoses {
      let text = diagnosis.finding.description
      let match = try #require(text.firstMatch(of: /exponent is (\S+) a step/), "\(text)")
      let row = "<tr><td>\(diagnosis.place)</td><td class=\"n\">\(match.1)</td>"
      #expect(match.1.hasPrefix("−") && report.html.contains(row), "'\(row)' is missing")
    }
  }

  /// Two units with f = σ(2) and σ(4) at every step, and so with the time constants 7.88 and 55.1.
  @Test("a median is the same number wherever it stands")
  func median() {
    let configuration = LSTMConfiguration(inputSize: 1, hiddenSize: 2)
    var parameters = LSTMParameters<Double>(configuration, initialization: .uniform, seed: 1)
    parameters[layer: 0].matrix = Tensor(shape: [3, 8])
    parameters[layer: 0].bias = Tensor(shape: [8], elements: [0, 0, 2, 4, 0, 0, 0, 0])
    let report = DiagnosisReport(
      LSTM<Double>(configuration, parameters: parameters), Tensor(shape: [9, 1, 1]), lengths: nil)
    let times = report.diagnoses[0].gates[1].timeConstants!
    let middle = "31.\(Int(((times[0] + times[1]) / 2 * 10).rounded()) % 10)"
    #expect("\(report.diagnoses[0])".contains("a time constant of \(middle) steps or"), "\(report.diagnoses[0])")
    #expect(report.html.contains("<td class=\"n\">\(middle)</td>"), "\(middle) is missing")
  }
}
