import Recurrent
import RecurrentTraining
import Testing

@Suite("Gradient flow: pictures of gates")
struct HeatMapTests {
  private let lstm = LSTM<Float>(inputSize: 3, hiddenSize: 70, seed: 1)

  @Test("a page of a sentence has its words under a panel for each gate")
  func words() {
    let record = lstm.gates(.random([5, 2, 3], seed: 2), lengths: [5, 3])[0]
    let map = GateHeatMap(record, sequence: 1, labels: ["Gates", "<are>", "open"])
    for part in ["<!doctype html>", ">Gates</text>", ">&lt;are&gt;</text>", ">open</text>", ">f</text>", "forget gate"]
    {
      #expect(map.page.contains(part), "'\(part)' is missing")
    }
    #expect(map.page(title: "A & B").contains("<title>A &amp; B</title>"))
    #expect(map.svg.hasPrefix("<svg") && !map.svg.contains("<style"))
    // 70 units are 48 rows; a tile is one 'M'. Gates have a tile for every row and step, since none rounds to 0.
    let gates = GateHeatMap(record, sequence: 1, gates: ["i"]).svg
    #expect(gates.split(separator: "M").count - 1 == 3 * 48)
    #expect(!gates.contains(">f</text>"))
  }

  /// U+0600 and U+0301 make one character of themselves and what stands beside them: to Swift, not to a browser.
  @Test("words cannot break out of the page", arguments: ["\u{0600}<img>", "\"\u{0301}", "it's", "a&\u{200D}b"])
  func escaping(word: String) {
    let record = lstm.gates(.random([1, 1, 3], seed: 2))[0]
    let map = GateHeatMap(record, labels: [word])
    let clean = Array(GateHeatMap(record, labels: ["x"]).svg.utf8)
    for mark in "&<>\"'".utf8 {
      func count(_ text: [UInt8]) -> Int { text.filter { $0 == mark }.count }
      // Each mark that must not stand there is an entity, which begins with an ampersand.
      let entities = mark == UInt8(ascii: "&") ? word.utf8.filter { "&<>\"'".utf8.contains($0) }.count : 0
      #expect(count(Array(map.svg.utf8)) == count(clean) + entities)
    }
    #expect(!map.page(title: word).utf8.contains(word.utf8))
  }

  /// One unit with i = σ(0) = ½ at every step and a candidate of tanh(±1): one strength, and both colours.
  @Test("colours are the numbers")
  func colors() {
    let configuration = LSTMConfiguration(inputSize: 1, hiddenSize: 1)
    let weights = LSTMWeights<Double>(
      matrix: Tensor(shape: [2, 4], elements: [0, 0, 0, 0, 0, 0, 1, 0]), bias: Tensor(shape: [4]))
    let lstm = LSTM<Double>(configuration, parameters: LSTMParameters(configuration, weights: [weights]))
    let record = lstm.gates(Tensor(shape: [2, 1, 1], elements: [1, -1]))[0]
    let gate = GateHeatMap(record, gates: ["i"]).svg
    #expect(gate.contains("class=\"tile up\" fill-opacity=\"0.5\"") && !gate.contains("tile down"))
    let candidate = GateHeatMap(record, gates: ["g"]).svg
    // tanh(1) = 0.76 is 12 of 16 strengths.
    #expect(candidate.contains("class=\"tile up\" fill-opacity=\"0.75\""))
    #expect(candidate.contains("class=\"tile down\" fill-opacity=\"0.75\""))
  }

  @Test(
    "a word that is too long is cut, and whole under the pointer",
    arguments: [
      (String(repeating: "a", count: 24), nil), (String(repeating: "a", count: 60), String(repeating: "a", count: 23)),
      // These are twice as wide.
      (String(repeating: "字", count: 12), nil), (String(repeating: "字", count: 13), String(repeating: "字", count: 11)),
    ] as [(String, String?)])
  func longWords(word: String, beginning: String?) {
    let map = GateHeatMap(lstm.gates(.random([2, 1, 3], seed: 2))[0], labels: [word, "x"]).svg
    if let beginning {
      #expect(map.contains("<title>\(word)</title>\(beginning)…</text>"))
    } else {
      #expect(map.contains(">\(word)</text>") && !map.contains("<title>"))
    }
  }

  @Test("labels that do not fit the sequence are refused")
  func misuse() async {
    await #expect(processExitsWith: .failure) {
      let record = LSTM<Float>(inputSize: 1, hiddenSize: 2, seed: 1).gates(Tensor(shape: [3, 1, 1]))[0]
      _ = GateHeatMap(record, labels: ["two", "words"])
    }
  }
}
