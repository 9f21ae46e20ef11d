import Recurrent
import RecurrentVerification
import Testing

@Suite("Problem strings")
struct ProblemTests {
  @Test(
    "a problem is read and written the same",
    arguments: [
      "lstm:T25xN16xI512xH512", "lstm:T100xN8xI256xH256xL2xbi", "lstm:T1xN1xI1xH1xbi",
      "gru:T187xN32xI1024xH1024", "rnn:T3xN2xI5xH7xL2",
      "lstm:T4xN3xI2xH1xragged", "gru:T4xN3xI2xH1xL2xbixbeforexraggedxdecay", "rnn:T4xN3xI2xH1xreluxdecay",
    ])
  func roundTrip(text: String) throws { #expect(try Problem(text).description == text) }

  @Test(
    "what is wrong is said",
    arguments: [
      ("lstm", "no cell"), ("tcn:T1xN1xI1xH1", "'tcn' is not known; lstm, gru, rnn are"),
      ("lstm:T1xN1xI1", "no H"), ("lstm:T0xN1xI1xH1", "'T0'"),
      ("lstm:T1xN1xI1xH1xQ4", "'Q4'"), ("lstm:T1xN1xI1xH-1", "'H-1'"), ("lstm:T1xT1xN1xI1xH1", "twice"),
      ("", "no cell"),
      ("lstm:T99999999999999999999xN1xI1xH1", "'T9"), ("lstm:T1xN1xI1xH1x", "''"),
      ("lstm:T1xN1xI1xH1xbixbi", "'bi' stands in it twice"),
      ("gru:T1xN1xI1xH1xraggedxdecayxragged", "'ragged' stands in it twice"),
      ("lstm:T1xN1xI1xH1xbefore", "'before' is an option of gru, not of lstm"),
      ("rnn:T1xN1xI1xH1xbefore", "'before' is an option of gru, not of rnn"),
      ("gru:T1xN1xI1xH1xrelu", "'relu' is an option of rnn, not of gru"),
      ("lstm:T1xN1xI1xH1xafter", "one of bi, before, relu, ragged, decay"),
    ])
  func errors(text: String, word: String) {
    let error = #expect(throws: ProblemError.self) { try Problem(text) }
    #expect(error?.description.contains(word) == true, "\(String(describing: error))")
  }

  @Test("G is 4, 3 and 1", arguments: [("lstm", 4), ("gru", 3), ("rnn", 1)])
  func gates(cell: String, count: Int) throws {
    let problem = try Problem("\(cell):T2xN3xI5xH7")
    #expect(problem.floatingPointOperations(steps: 2) == Double(2 * 2 * 3 * count * 7 * (5 + 7)))
    #expect(problem.parameterBytes == Double(4 * count * 7 * (5 + 7)))
  }

  @Test("work: 2·T·N·G·H·(I + H)·L·D, with H·D inputs from the second layer on")
  func work() throws {
    let problem = try Problem("lstm:T2xN3xI5xH7xL2xbi")
    #expect(problem.floatingPointOperations(steps: 2) == Double(2 * 2 * 3 * 4 * 7 * ((5 + 7) + (14 + 7)) * 2))
    #expect(problem.parameterBytes == Double(4 * 4 * 7 * ((5 + 7) + (14 + 7)) * 2))
  }

  @Test("options are written behind the sizes, in one order")
  func order() throws {
    #expect(try Problem("gru:decayxT4xbeforexN3xI2xbixH1").description == "gru:T4xN3xI2xH1xbixbeforexdecay")
  }

  @Test("a problem less an option is its plain twin")
  func twin() throws {
    let problem = try Problem("gru:T4xN3xI2xH1xbeforexragged")
    #expect(try problem.without(.ragged) == Problem("gru:T4xN3xI2xH1xbefore"))
    #expect(problem.without(.decay) == nil)
  }

  @Test(
    "ragged lengths are ⌈T·(n + 1)/N⌉ in another order, and the work is theirs",
    arguments: [(10, 4, [3, 5, 8, 10]), (3, 5, [1, 2, 2, 3, 3]), (7, 1, [7])])
  func ragged(stepCount: Int, batchSize: Int, lengths: [Int]) throws {
    let problem = try Problem("lstm:T\(stepCount)xN\(batchSize)xI5xH7xragged")
    let instance = ProblemInstance(problem, seed: 3)
    #expect(instance.lengths?.sorted() == lengths)
    let total = lengths.reduce(0, +)
    #expect(problem.floatingPointOperations(steps: stepCount) == Double(2 * total * 4 * 7 * (5 + 7)))
    #expect(instance.input.elements.count { $0.isNaN } == (stepCount * batchSize - total) * 5)
  }

  @Test(
    "every engine is within the bound where sequences are ragged or states decay",
    arguments: [
      "lstm:T12xN5xI9xH33xbixragged", "gru:T12xN5xI9xH33xL2xraggedxbefore", "rnn:T12xN5xI9xH33xraggedxrelu",
      "lstm:T80xN3xI9xH64xdecay", "gru:T80xN3xI9xH64xdecay", "gru:T80xN3xI9xH64xbeforexdecay",
      "rnn:T80xN3xI9xH64xdecay", "rnn:T80xN3xI9xH64xreluxdecay", "lstm:T80xN2xI9xH33xL2xraggedxdecay",
    ], Engine.allCases)
  func options(text: String, engine: Engine) throws {
    let instance = ProblemInstance(try Problem(text), seed: 3)
    func check(_ layer: some VerifiableLayer<Float>) {
      let hidden = layer(instance.input, lengths: instance.lengths).hidden
      let report = Definition(instance).compare(hidden)
      #expect(report.isWithinBound, "\(report.maxShareOfBound) of the bound")
    }
    check(instance.model(engine))
  }

  @Test(
    "decaying states start above the denormals and pass through them in 80 steps",
    arguments: ["lstm:T80xN1xI64xH64xdecay", "gru:T80xN1xI64xH64xdecay", "rnn:T80xN1xI64xH64xdecay"])
  func decay(text: String) throws {
    let instance = ProblemInstance(try Problem(text), seed: 3)
    func check(_ layer: some VerifiableLayer<Float>) {
      let hidden = layer(instance.input).hidden
      let loudest = (0..<80).map { step in (0..<64).map { hidden[step, 0, $0].magnitude }.max()! }
      #expect(loudest[0] > .leastNormalMagnitude && loudest[79] == 0)
      #expect(loudest.count { $0 > 0 && $0 < .leastNormalMagnitude } > 15)
    }
    check(instance.model(.naive))
  }
}
