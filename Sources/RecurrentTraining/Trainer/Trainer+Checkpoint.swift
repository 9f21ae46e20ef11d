internal import Recurrent
public import RecurrentFormats

extension Trainer {
  /// Goes on from the last checkpoint of the folder that the options name; returns false where there is none.
  ///
  /// Throws `TensorFileError` where the file is damaged, or of another model, optimiser or order of batches, and then
  /// changes nothing.
  @discardableResult
  public mutating func resume() throws(TensorFileError) -> Bool {
    guard let checkpoints = options.checkpoints, DurableFile.exists(checkpoints.last) else { return false }
    var resumed = self
    try resumed.restore(TensorFile(contentsOf: checkpoints.last))
    if resumed.state.bestLoss < .infinity, DurableFile.exists(checkpoints.best) {
      var best = resumed.model
      try TensorFile(contentsOf: checkpoints.best).restore(prefix: "model", &best)
      resumed.validated = best
    }
    self = resumed
    return true
  }

  /// Everything that the rest of a run depends on.
  ///
  /// `model.*` are the parameters, `optimizer.*` the optimiser's buffers, `training.*` steps, losses and the generator. The
  /// configurations of the model's `layers` stand in the metadata.
  public func checkpoint() -> TensorFile {
    var file = TensorFile(metadata: ["format": "pt", "optimizer": Self.optimizerName, "recurrent-training": "1"])
    file.set(prefix: "model", model)
    for (name, configuration) in model.layers { file.describe(configuration, named: "model.\(name)") }
    file.set(prefix: "optimizer", optimizer.state)
    file.set("training.optimizer_steps", integers: optimizer.state.tensors.map(\.step))
    file.set("training.batches", integers: batchIdentity)
    state.save(to: &file)
    return file
  }

  /// Goes on from a checkpoint, which must be of the same model, optimiser and batches; where it is not, changes nothing.
  public mutating func restore(_ file: TensorFile) throws(TensorFileError) {
    let name = file.metadata["optimizer"] ?? "none"
    guard name == Self.optimizerName else {
      throw .mismatch("the optimiser", found: name, wanted: Self.optimizerName)
    }
    let identity = try file.integers("training.batches", count: batchIdentity.count)
    guard identity == batchIdentity else {
      throw .mismatch("the order of batches", found: "\(identity)", wanted: "\(batchIdentity)")
    }
    var (model, optimizer) = (model, optimizer)
    try file.restore(prefix: "model", &model)
    try file.restore(prefix: "optimizer", &optimizer.state)
    let steps = try file.integers("training.optimizer_steps", count: optimizer.state.tensors.count)
    for (index, step) in steps.enumerated() { optimizer.state.tensors[index].step = step }
    state = try TrainingState(restoring: file)
    (self.model, self.optimizer) = (model, optimizer)
  }

  /// Writes a checkpoint, unless a parameter is infinite or NaN: a file that is good stays.
  func save(_ path: String) throws {
    if let tensor = model.firstNonFinite() {
      throw TrainingError.nonFinite(step: state.step, loss: state.meanLoss, tensor: tensor)
    }
    try checkpoint().write(to: path)
  }

  private static var optimizerName: String { "\(Rule.self)" }

  /// What tells one order of batches from another: its options, and a digest of the lengths (FNV-1a).
  private var batchIdentity: [Int] {
    let digest = batches.lengths.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0100_0000_01B3 }
    let bits = [batches.seed, batches.paddingLimit.bitPattern, digest].map { Int(truncatingIfNeeded: $0) }
    return [batches.lengths.count, batches.batchSize, batches.poolSize] + bits
  }
}
