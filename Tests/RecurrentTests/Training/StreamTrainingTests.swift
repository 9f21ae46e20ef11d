import Foundation
import Recurrent
import RecurrentFormats
import RecurrentTraining
import Testing

/// Says of a stream of 5 numbers what comes next, and carries its state from window to window.
private struct Reader: TrainableModel, Equatable {
  struct Batch {
    let window: StreamWindow
    let stream: [Int]
  }

  var gru: GRU<Double>
  var dense = Dense<Double>(inputSize: 6, outputSize: 5, seed: 2)
  var state: HiddenState<Double>
  /// Gives a NaN in this call.
  var badCall = Int.max
  private var calls = 0

  init(lanes: Int, badCall: Int = .max) {
    gru = GRU(inputSize: 5, hiddenSize: 6, seed: 1)
    state = gru.zeroState(batchSize: lanes)
    self.badCall = badCall
  }

  static func == (a: Reader, b: Reader) -> Bool {
    a.gru.parameters == b.gru.parameters && a.dense == b.dense && a.state == b.state
  }

  var carried: [Tensor<Double>] {
    get { state.components }
    set { state = HiddenState(components: newValue) }
  }

  func forEach(_ body: (String, Tensor<Double>) -> Void) {
    gru.parameters.forEach(prefix: "gru", body)
    dense.forEach(prefix: "dense", body)
  }

  mutating func updateEach(_ body: (String, inout Tensor<Double>) -> Void) {
    gru.parameters.updateEach(prefix: "gru", body)
    dense.updateEach(prefix: "dense", body)
  }

  struct Gradients: ParameterSet {
    var gru: LayerParameters<GRUWeights<Double>>
    var dense: Dense<Double>

    func forEach(_ body: (String, Tensor<Double>) -> Void) {
      gru.forEach(prefix: "gru", body)
      dense.forEach(prefix: "dense", body)
    }

    mutating func updateEach(_ body: (String, inout Tensor<Double>) -> Void) {
      gru.updateEach(prefix: "gru", body)
      dense.updateEach(prefix: "dense", body)
    }
  }

  mutating func lossAndGradients(
    _ batch: Batch, using generator: inout SeededGenerator
  ) -> (loss: Double, gradients: Gradients) {
    calls += 1
    let (steps, lanes) = (batch.window.stepCount, batch.window.starts.count)
    if batch.window.isFirst { state = gru.zeroState(batchSize: lanes) }
    let table = Embedding(weights: Tensor(shape: [5, 5], elements: (0..<25).map { $0 % 6 == 0 ? 1.0 : 0 }))
    var tape = Tape(for: gru, steps: steps, batchSize: lanes)
    let output = gru.forward(table(batch.window.elements(of: batch.stream)), from: state, recording: &tape)
    state = output.final
    let loss = crossEntropy(dense(output.hidden), batch.window.elements(of: batch.stream, ahead: 1))
    var gradients = Gradients(gru: gru.parameters.zeros(), dense: dense.zeros())
    let slopes = dense.backward(loss.gradient, input: output.hidden, into: &gradients.dense)
    gru.backward(OutputGradients(hidden: slopes), through: &tape, into: &gradients.gru)
    return (calls == badCall ? .nan : loss.value, gradients)
  }
}

@Suite("Training: streams")
struct StreamTrainingTests {
  /// Numbers of which each tells much about those that follow.
  private let stream: [Int] = {
    var generator = SeededGenerator(seed: 3)
    var numbers = [0, 1]
    while numbers.count < 200 {
      numbers.append(generator.uniform() < 0.1 ? Int(generator.next() % 5) : (numbers.suffix(2).reduce(1, +)) % 5)
    }
    return numbers
  }()

  private func trainer(
    folder: String? = nil, window: Int = 7, lanes: Int = 3, rate: Double = 0.01, epochs: Int = 4, badCall: Int = .max,
    progress: ProgressReport = .none
  ) -> Trainer<Reader, Adam<Double>, StreamBatches> {
    Trainer(
      Reader(lanes: lanes, badCall: badCall), optimizer: Adam(learningRate: rate),
      batches: StreamBatches(count: stream.count, laneCount: lanes, windowSize: window),
      options: TrainingOptions(
        epochs: epochs, checkpoints: folder.map { .init(folder: $0, everySteps: 3) }, progress: progress))
  }

  private func batch(_ window: StreamWindow) -> Reader.Batch { .init(window: window, stream: stream) }

  @Test("the windows of all lanes are the stream, each element once, each with the one after it")
  func windows() {
    let order = StreamBatches(count: 200, laneCount: 3, windowSize: 7)
    #expect(order.laneLength == 66 && order.windowCount == 10)
    let windows = order.batches(ofEpoch: 5)
    #expect(windows.count == 10 && windows.map(\.isFirst) == [true] + [Bool](repeating: false, count: 9))
    #expect(windows.last?.stepCount == 3 && order.count(in: windows[9]) == 9)
    #expect(order.batchCount(ofEpochs: 4) == 40)
    var lanes = [[Int]](repeating: [], count: 3)
    for window in windows {
      let (now, next) = (window.elements(of: stream), window.elements(of: stream, ahead: 1))
      #expect(now.shape == [window.stepCount, 3] && next.shape == now.shape)
      for (place, number) in now.elements.enumerated() {
        lanes[place % 3].append(number)
        let after = place + 3 < now.count ? now.elements[place + 3] : nil
        #expect(after == nil || after == next.elements[place])
      }
    }
    #expect(Array(lanes.joined()) == Array(stream.prefix(198)))
    #expect(windows[9].elements(of: stream, ahead: 1).elements.last == stream[198])
    #expect(order.identity == [200, 3, 7])
  }

  @Test("a model that does not move reads the same in short windows as in one")
  func carrying() throws {
    func loss(window: Int) throws -> Double {
      var (trainer, sum, count) = (trainer(window: window, rate: 0, epochs: 1), 0.0, 0)
      var reader = trainer.model
      for window in trainer.batches.batches(ofEpoch: 0) {
        var generator = SeededGenerator(seed: 0)
        sum += reader.lossAndGradients(batch(window), using: &generator).loss * Double(window.stepCount)
        count += window.stepCount
      }
      try trainer.run(batch: batch)
      #expect(trainer.model.state == reader.state)
      return sum / Double(count)
    }
    // Sums of 198 losses of about 1.6 in another order: 198 roundings of 2⁻⁵³ of the sum.
    #expect(try abs(loss(window: 7) - loss(window: 66)) < 198 * 1.6 * 0x1p-53)
  }

  @Test("a run that stops at any step and resumes ends with the same bits", arguments: [1, 4, 9, 10, 11, 25, 40])
  func resumption(call: Int) throws {
    struct Stop: Error {}
    var whole = trainer()
    try whole.run(batch: batch)
    #expect(whole.state.step == 40)
    try withFolder { folder in
      var (first, calls) = (trainer(folder: folder), 0)
      #expect(throws: Stop.self) {
        try first.run { window in
          calls += 1
          if calls == call { throw Stop() }
          return batch(window)
        }
      }
      var second = trainer(folder: folder)
      #expect(try second.resume())
      try second.run(batch: batch)
      #expect(second.checkpoint().encoded() == whole.checkpoint().encoded())
    }
  }

  /// Validation losses of epochs: the second is the best.
  private static let losses = [3, 2, 2.5, 2.25]

  @Test("the best model comes back with what it carried, and none of another run does")
  func best() throws {
    try withFolder { folder in
      var (trainer, losses) = (trainer(folder: folder), Self.losses.makeIterator())
      try trainer.run(batch: batch) { _ in losses.next()! }
      #expect(trainer.best != trainer.model && trainer.best.state != trainer.model.state)
      var resumed = self.trainer(folder: folder)
      #expect(try resumed.resume())
      #expect(resumed.best == trainer.best && resumed.model == trainer.model)
      let files = try ["last", "best"].map { try TensorFile(contentsOf: "\(folder)/\($0).safetensors") }
      var restored = self.trainer()
      try restored.restore(files[0], best: files[1])
      #expect(restored.best == trainer.best && restored.model == trainer.model)

      var (other, others) = (self.trainer(folder: folder, epochs: 1), [1.5].makeIterator())
      try other.run(batch: batch) { _ in others.next()! }
      try files[0].write(to: folder + "/last.safetensors")
      var mixed = self.trainer(folder: folder)
      let error = #expect(throws: TensorFileError.self) { try mixed.resume() }
      #expect(error?.description.contains("best model is 1.5, not 2.0") == true, "\(error?.description ?? "")")
      #expect(mixed.checkpoint().encoded() == self.trainer().checkpoint().encoded())
    }
  }

  @Test("a run that is killed between writing its best model and writing that it has ends with the same bits")
  func killedBetween() throws {
    try withFolder { folder in
      var (last, best) = (TensorFile(), TensorFile())
      var (whole, judged) = (trainer(folder: folder), 0)
      try whole.run(batch: batch) { _ in
        judged += 1
        // What was written last before the second epoch was judged, and what was first after it.
        if judged == 2 { last = try TensorFile(contentsOf: folder + "/last.safetensors") }
        if judged == 3 { best = try TensorFile(contentsOf: folder + "/best.safetensors") }
        return Self.losses[judged - 1]
      }
      try last.write(to: folder + "/last.safetensors")
      try best.write(to: folder + "/best.safetensors")
      var resumed = trainer(folder: folder)
      #expect(try resumed.resume())
      #expect(resumed.state.epoch == 1 && resumed.state.bestLoss == 3 && resumed.best == whole.best)
      var rest = Self.losses.dropFirst().makeIterator()
      try resumed.run(batch: batch) { _ in rest.next()! }
      #expect(resumed.checkpoint().encoded() == whole.checkpoint().encoded() && resumed.best == whole.best)
    }
  }

  @Test("a step that fails leaves what is carried as it was")
  func failure() throws {
    var (good, bad) = (trainer(epochs: 1), trainer(epochs: 1, badCall: 6))
    struct Stop: Error {}
    var calls = 0
    #expect(throws: Stop.self) {
      try good.run { window in
        calls += 1
        if calls == 6 { throw Stop() }
        return batch(window)
      }
    }
    #expect(throws: TrainingError.self) { try bad.run(batch: batch) }
    #expect(bad.state.step == 5)
    #expect(bad.checkpoint().encoded() == good.checkpoint().encoded())
  }

  @Test("a checkpoint of other lanes, or with other carried tensors, is refused")
  func mismatch() throws {
    var trained = trainer()
    try trained.run(batch: batch)
    let file = trained.checkpoint()
    func refuse(_ trainer: Trainer<Reader, Adam<Double>, StreamBatches>, _ file: TensorFile, _ word: String) {
      var other = trainer
      let error = #expect(throws: TensorFileError.self) { try other.restore(file) }
      #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
      #expect(other.model == trainer.model)
    }
    refuse(trainer(lanes: 4), file, "order of batches")
    var bad = file
    bad.set("carried.0", Tensor<Double>(shape: [1, 2, 6]))
    refuse(trainer(), bad, "carried.0")
    bad = file
    bad.set("carried.1", Tensor<Double>(shape: [1, 3, 6]))
    refuse(trainer(), bad, "carried.1")
    bad = file
    bad.remove("carried.0")
    refuse(trainer(), bad, "carried.0")
  }

  @Test("it learns, and progress counts elements")
  func learns() throws {
    final class Lines: @unchecked Sendable { var all: [String] = [] }
    let lines = Lines()
    var trainer = trainer(epochs: 40, progress: .lines { lines.all.append($0) })
    try trainer.run(batch: batch)
    var (model, generator) = (trainer.model, SeededGenerator(seed: 0))
    let window = StreamWindow(starts: [0], stepCount: 199, isFirst: true)
    // Who knows nothing has ln 5 = 1.61; the rule, and one number in ten at random, have about 0.6.
    #expect(model.lossAndGradients(batch(window), using: &generator).loss < 1.2)
    #expect(lines.all.first?.contains("elements/s") == true, "\(lines.all)")
  }
}
