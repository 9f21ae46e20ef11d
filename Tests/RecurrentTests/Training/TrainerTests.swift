import Foundation
import Recurrent
import RecurrentFormats
import RecurrentTraining
import Testing

/// Sums up words and says of which class the sentence is: small, but with every kind of gradient, and with chance.
struct Classifier: TrainableModel, Equatable {
  struct Batch {
    let words: IndexTensor
    let labels: IndexTensor
  }

  struct Gradients: SparseGradients {
    var embedding: EmbeddingGradients<Float>
    var dense: Dense<Float>

    func forEach(_ body: (String, Tensor<Float>) -> Void) {
      embedding.forEach(prefix: "embedding", body)
      dense.forEach(prefix: "dense", body)
    }

    mutating func updateEach(_ body: (String, inout Tensor<Float>) -> Void) {
      embedding.updateEach(prefix: "embedding", body)
      dense.updateEach(prefix: "dense", body)
    }

    func forEachRows(_ body: (String, [Int]) -> Void) { embedding.forEachRows(prefix: "embedding", body) }
  }

  var embedding = Embedding<Float>(count: 30, size: 8, seed: 1)
  var dense = Dense<Float>(inputSize: 8, outputSize: 3, seed: 2)
  /// Kills the process in the midst of this call.
  var deadlyCall = Int.max
  /// Gives a NaN in this call.
  var badCall = Int.max
  private var calls = 0

  init(deadlyCall: Int = .max, badCall: Int = .max) {
    self.deadlyCall = deadlyCall
    self.badCall = badCall
  }

  func forEach(_ body: (String, Tensor<Float>) -> Void) {
    embedding.forEach(prefix: "embedding", body)
    dense.forEach(prefix: "dense", body)
  }

  mutating func updateEach(_ body: (String, inout Tensor<Float>) -> Void) {
    embedding.updateEach(prefix: "embedding", body)
    dense.updateEach(prefix: "dense", body)
  }

  mutating func lossAndGradients(
    _ batch: Batch, using generator: inout SeededGenerator
  ) -> (loss: Double, gradients: Gradients) {
    calls += 1
    if calls == deadlyCall { kill(getpid(), SIGKILL) }
    // Dropout of every word: so the generator's state matters.
    let kept = batch.words.elements.map { generator.uniform() < 0.2 ? IndexTensor.none : $0 }
    let words = IndexTensor(shape: batch.words.shape, elements: kept)
    var logits = dense(embedding(words))
    if calls == badCall { logits[0, 0, 1] = .nan }
    // Every word is asked for the class of its sentence.
    let labels = zip(words.elements.indices, words.elements).map { place, word in
      word == IndexTensor.none ? IndexTensor.none : batch.labels.elements[place % batch.labels.count]
    }
    let loss = crossEntropy(logits, IndexTensor(shape: words.shape, elements: labels))
    var denseGradients = dense.zeros()
    let slopes = dense.backward(loss.gradient, input: embedding(words), into: &denseGradients)
    return (loss.value, Gradients(embedding: embedding.backward(slopes, indices: words), dense: denseGradients))
  }
}

/// Sentences that tell their class, and a trainer of 200 steps.
struct TinyTask {
  let sentences: [[Int]]

  init() {
    var generator = SeededGenerator(seed: 5)
    sentences = (0..<60).map { number in
      (0..<1 + Int(generator.next() % 6)).map { _ in 10 * (number % 3) + Int(generator.next() % 10) }
    }
  }

  func trainer<Rule: Optimizer<Float>>(
    _ rule: Rule, folder: String? = nil, model: Classifier = Classifier(),
    options change: (inout TrainingOptions) -> Void
  ) -> Trainer<Classifier, Rule, LengthBatches> {
    var options = TrainingOptions(
      epochs: 10, schedule: .cosine(from: 0.02, to: 0.001, steps: 200).warmedUp(over: 10), clipping: .norm(0.5),
      checkpoints: folder.map { .init(folder: $0, everySteps: 7) }, progress: .none)
    change(&options)
    let batches = LengthBatches(lengths: sentences.map(\.count), batchSize: 3, seed: 4, paddingLimit: 1)
    return Trainer(model, optimizer: rule, batches: batches, options: options, seed: 6)
  }

  func trainer(
    folder: String? = nil, model: Classifier = Classifier()
  ) -> Trainer<Classifier, Adam<Float>, LengthBatches> {
    trainer(Adam(), folder: folder, model: model) { _ in }
  }

  func batch(_ numbers: [Int]) -> Classifier.Batch {
    .init(
      words: IndexTensor(padding: numbers.map { sentences[$0] }), labels: IndexTensor(numbers.map { $0 % 3 }))
  }
}

@Suite("Training: trainer")
struct TrainerTests {
  let task = TinyTask()

  /// Parameters, the optimiser's state and all else, bit for bit.
  private func same<Rule>(
    _ a: Trainer<Classifier, Rule, LengthBatches>, _ b: Trainer<Classifier, Rule, LengthBatches>
  ) -> Bool {
    a.checkpoint().encoded() == b.checkpoint().encoded()
  }

  @Test("200 steps teach it, the same bits each time")
  func learns() throws {
    var (first, second) = (task.trainer(), task.trainer())
    try first.run(batch: task.batch)
    try second.run(batch: task.batch)
    #expect(first.state.step == 200)
    #expect(first.isFinished)
    #expect(same(first, second))
    var (model, generator) = (first.model, SeededGenerator(seed: 1))
    let loss = model.lossAndGradients(task.batch(Array(0..<60)), using: &generator).loss
    #expect(loss < 0.2)  // guessing has ln 3
  }

  @Test("a run that stops at any step and resumes ends with the same bits", arguments: [1, 7, 20, 21, 137, 199, 200])
  func resumption(call: Int) throws {
    struct Stop: Error {}
    var whole = task.trainer()
    try whole.run(batch: task.batch)
    try withFolder { folder in
      var (first, calls) = (task.trainer(folder: folder), 0)
      #expect(throws: Stop.self) {
        try first.run { numbers in
          calls += 1
          if calls == call { throw Stop() }
          return task.batch(numbers)
        }
      }
      var second = task.trainer(folder: folder)
      #expect(try second.resume())
      #expect(second.state.step < call && (second.state.step == 0) == (call <= 7))
      try second.run(batch: task.batch)
      #expect(same(second, whole))
    }
  }

  @Test("a run whose process is killed in the midst of a step, and resumed, ends with the same bits")
  func killed() async throws {
    var whole = task.trainer()
    try whole.run(batch: task.batch)
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String] in
      let task = TinyTask()
      var trainer = task.trainer(folder: folder, model: Classifier(deadlyCall: 138))
      try trainer.run(batch: task.batch)
    }
    var resumed = task.trainer(folder: folder)
    #expect(try resumed.resume())
    #expect(resumed.state.step == 133)
    try resumed.run(batch: task.batch)
    #expect(same(resumed, whole))
  }

  @Test("a run that begins anew in the folder of an older one, and is killed at once, is not resumed as that one")
  func oldFolder() throws {
    struct Stop: Error {}
    var whole = task.trainer()
    try whole.run(batch: task.batch)
    try withFolder { folder in
      var old = task.trainer(SGD(), folder: folder) { $0.epochs = 2 }
      try old.run(batch: task.batch) { _ in 0.5 }
      var (new, calls) = (task.trainer(folder: folder), 0)
      #expect(throws: Stop.self) {
        try new.run { numbers in
          calls += 1
          if calls == 3 { throw Stop() }
          return task.batch(numbers)
        }
      }
      var resumed = task.trainer(folder: folder)
      #expect(try resumed.resume())
      #expect(resumed.state.step == 0 && resumed.state.bestLoss == .infinity)
      try resumed.run(batch: task.batch)
      #expect(same(resumed, whole))
      // The older one's best model is still in the folder, and nobody takes it for this run's.
      #expect(FileManager.default.fileExists(atPath: folder + "/best.safetensors"))
      #expect(resumed.best == resumed.model)
    }
  }

  @Test("every optimiser resumes")
  func optimizers() throws {
    func check<Rule: Optimizer<Float>>(_ rule: Rule) throws {
      try withFolder { folder in
        var whole = task.trainer(rule) { $0.epochs = 2 }
        try whole.run(batch: task.batch)
        var half = task.trainer(rule, folder: folder) { $0.epochs = 1 }
        try half.run(batch: task.batch)
        var rest = task.trainer(rule, folder: folder) { $0.epochs = 2 }
        #expect(try rest.resume())
        #expect(rest.state.epoch == 1)
        try rest.run(batch: task.batch)
        #expect(same(rest, whole))
      }
    }
    try check(SGD(momentum: 0.9, isNesterov: true))
    try check(RMSProp(momentum: 0.5, isCentered: true))
    try check(AdamW())
  }

  @Test("a loss that is not finite stops with the step and the tensor; the last good checkpoint stays")
  func nonFinite() throws {
    try withFolder { folder in
      var trainer = task.trainer(folder: folder, model: Classifier(badCall: 18))
      let error = #expect(throws: TrainingError.self) { try trainer.run(batch: task.batch) }
      let text = error?.description ?? ""
      #expect(text.contains("step 18") && text.contains("the loss is nan"), "\(text)")
      #expect(text.contains("'embedding.weights'") && text.contains("nan"), "\(text)")
      #expect(trainer.state.step == 17)
      #expect(trainer.model.firstNonFinite() == nil)
      var resumed = task.trainer(folder: folder)
      try resumed.resume()
      #expect(resumed.state.step == 14)
    }
  }

  @Test("parameters that are not finite are named, and never written")
  func nonFiniteParameters() throws {
    try withFolder { folder in
      var trainer = task.trainer(SGD(), folder: folder) {
        $0.schedule = .constant(3e38)
        $0.clipping = nil
      }
      let error = #expect(throws: TrainingError.self) { try trainer.run(batch: task.batch) }
      #expect(error?.description.contains("'embedding.weights'") == true, "\(error?.description ?? "")")
      // The only checkpoint is that from before the first step.
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(files == ["last.safetensors"])
      var resumed = task.trainer(SGD(), folder: folder) { _ in }
      #expect(try resumed.resume())
      #expect(resumed.state.step == 0 && resumed.model == Classifier())
    }
  }

  @Test("patience ends training, and the best model is kept")
  func patience() throws {
    try withFolder { folder in
      let losses = [3, 2, 1.5, 1.75, 1.6, 1.4]
      var judged = 0
      var best: Classifier?
      var trainer = task.trainer(Adam(), folder: folder) { $0.patience = 2 }
      try trainer.run(batch: task.batch) { model in
        judged += 1
        if judged == 3 { best = model }
        return losses[judged - 1]
      }
      #expect(judged == 5)
      #expect(trainer.isFinished && trainer.state.epoch == 5 && trainer.state.bestLoss == 1.5)
      var kept = Classifier()
      try TensorFile(contentsOf: folder + "/best.safetensors").restore(prefix: "model", &kept)
      #expect(kept.embedding == best?.embedding && kept.dense == best?.dense)
      #expect(trainer.best == best && trainer.model != best)
      var resumed = task.trainer(Adam(), folder: folder) { $0.patience = 2 }
      #expect(try resumed.resume())
      #expect(resumed.isFinished)
      #expect(resumed.best.embedding == best?.embedding && resumed.best.dense == best?.dense)
      try FileManager.default.removeItem(atPath: folder + "/best.safetensors")
      var bereft = task.trainer(Adam(), folder: folder) { $0.patience = 2 }
      #expect(throws: TensorFileError.self) { try bereft.resume() }
      #expect(bereft.state.step == 0 && bereft.model == Classifier())
    }
  }

  @Test("a goal ends training, without validation the last model is the best")
  func goal() throws {
    var trainer = task.trainer(Adam()) { $0.goal = 0.5 }
    var losses = [2, 0.75, 0.5, 0.25].makeIterator()
    try trainer.run(batch: task.batch) { _ in losses.next() ?? 0 }
    #expect(trainer.state.epoch == 3 && trainer.isFinished)
    var blind = task.trainer(Adam()) { $0.goal = 0.5 }
    try blind.run(batch: task.batch)
    #expect(blind.state.epoch == 10 && blind.best == blind.model)
  }

  @Test("batches may depend on where training stands")
  func epochs() throws {
    var trainer = task.trainer(Adam()) { $0.epochs = 3 }
    var seen: [[Int]] = []
    try trainer.run { sequences, state in
      seen.append([state.epoch, state.position, state.step])
      return task.batch(sequences)
    }
    #expect(seen == (0..<60).map { [$0 / 20, $0 % 20, $0] })
  }

  @Test("a checkpoint of something else is refused, and changes nothing")
  func mismatch() throws {
    var trainer = task.trainer()
    try trainer.run(batch: task.batch)
    let file = trainer.checkpoint()
    func refuse<Rule: Optimizer<Float>>(
      _ trainer: Trainer<Classifier, Rule, LengthBatches>, _ file: TensorFile, _ word: String
    ) throws {
      var other = trainer
      let error = #expect(throws: TensorFileError.self) { try other.restore(file) }
      #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
      #expect(same(other, trainer))
    }
    try refuse(task.trainer(SGD()) { _ in }, file, "SGD")
    var bad = file
    bad.set("training.counters", integers: [1, -1, 0, 0, 0, 0])
    try refuse(task.trainer(), bad, "-1")
    bad = file
    bad.set("optimizer.dense.bias.mean", Tensor<Float>(shape: [2]))
    try refuse(task.trainer(), bad, "optimizer.dense.bias.mean")
    bad = file
    bad.set("training.batches", integers: [1, 2, 3, 4, 5, 6])
    try refuse(task.trainer(), bad, "order of batches")
    bad = file
    bad.metadata["recurrent-training"] = "2"
    try refuse(task.trainer(), bad, "version of the checkpoint is 2, not 1")
    bad.metadata["recurrent-training"] = nil
    try refuse(task.trainer(), bad, "version of the checkpoint is none")
  }

  @Test("a damaged checkpoint is refused, and changes nothing")
  func damage() throws {
    var trainer = task.trainer(Adam()) { $0.epochs = 1 }
    try trainer.run(batch: task.batch)
    let file = trainer.checkpoint()
    func refuse(_ word: String, _ change: (inout TensorFile) -> Void) {
      var (damaged, other) = (file, task.trainer())
      change(&damaged)
      let error = #expect(throws: TensorFileError.self) { try other.restore(damaged) }
      #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
      #expect(same(other, task.trainer()))
    }
    var healthy = task.trainer()
    try healthy.restore(file)
    #expect(healthy.state == trainer.state && healthy.state.step == 20)
    for count in [-1, 21, Int.max] {
      refuse("\(count) steps of 20") { $0.set("training.optimizer_steps", integers: [20, count, 20]) }
    }
    // step, epoch, position, sequences, epochs since the best, generator
    refuse("a count of \(Int.max)") { $0.set("training.counters", integers: [Int.max, 1, 0, 0, 0, 0]) }
    refuse("21 batches of an epoch of 20") { $0.set("training.counters", integers: [41, 1, 21, 60, 0, 0]) }
    refuse("3 batches of an epoch of 20, and 2 steps") { $0.set("training.counters", integers: [2, 0, 3, 9, 0, 0]) }
    refuse("7 sequences in 2 batches of 6") { $0.set("training.counters", integers: [22, 1, 2, 7, 0, 0]) }
    for losses in [[Double.nan, 1], [1, .nan]] {
      refuse("a loss of nan") { $0.set("training.losses", Tensor<Double>(shape: [2], elements: losses)) }
    }
    refuse("best model is not given, not 0.5") {
      $0.set("training.losses", Tensor<Double>(shape: [2], elements: [0, 0.5]))
    }
  }

  @Test("progress elsewhere than on a terminal is a line an epoch")
  func progress() throws {
    final class Lines: @unchecked Sendable { var all: [String] = [] }
    let lines = Lines()
    var trainer = task.trainer(Adam()) {
      $0.epochs = 2
      $0.progress = .lines { lines.all.append($0) }
    }
    try trainer.run(batch: task.batch) { _ in 0.5 }
    #expect(lines.all.count == 2)
    for word in ["epoch 1/2", "step 20", "loss ", "validation 0.5, the best", "sequences/s"] {
      #expect(lines.all.first?.contains(word) == true, "\(lines.all)")
    }
  }
}
