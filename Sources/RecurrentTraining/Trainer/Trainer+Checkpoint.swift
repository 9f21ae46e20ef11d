internal import Recurrent
public import RecurrentFormats

extension Trainer {
  /// Goes on from the last checkpoint of the folder that the options name; returns false where there is none.
  ///
  /// Throws `TensorFileError` where the file, or that of the best model so far, is damaged, or of another model, optimiser or
  /// order of batches, and then changes nothing.
  @discardableResult
  public mutating func resume() throws(TensorFileError) -> Bool {
    guard let checkpoints = options.checkpoints, DurableFile.exists(checkpoints.last) else { return false }
    var resumed = self
    try resumed.restore(TensorFile(contentsOf: checkpoints.last))
    if resumed.state.bestLoss < .infinity {
      var best = resumed.model
      try TensorFile(contentsOf: checkpoints.best).restore(prefix: "model", &best)
      resumed.validated = best
    }
    self = resumed
    return true
  }

  /// Everything that the rest of a run depends on.
  ///
  /// `model.*` are the parameters, `carried.*` what the model carries from batch to batch, `optimizer.*` the optimiser's
  /// buffers, `training.*` steps, losses and the generator. The configurations of the model's `layers` stand in the metadata.
  public func checkpoint() -> TensorFile {
    var file = TensorFile(metadata: ["format": "pt", "optimizer": Self.optimizerName, "recurrent-training": "1"])
    file.set(prefix: "model", model)
    for (name, configuration) in model.layers { file.describe(configuration, named: "model.\(name)") }
    file.set(prefix: "optimizer", optimizer.state)
    file.set("training.optimizer_steps", integers: optimizer.state.tensors.map(\.step))
    file.set("training.batches", integers: batches.identity)
    for (index, tensor) in model.carried.enumerated() { file.set("\(Self.carried)\(index)", tensor) }
    state.save(to: &file)
    return file
  }

  /// Goes on from a checkpoint, which must be of the same model, optimiser and batches; where it is not, changes nothing.
  public mutating func restore(_ file: TensorFile) throws(TensorFileError) {
    let name = file.metadata["optimizer"] ?? "none"
    guard name == Self.optimizerName else {
      throw .mismatch("the optimiser", found: name, wanted: Self.optimizerName)
    }
    let identity = try file.integers("training.batches", count: batches.identity.count)
    guard identity == batches.identity else {
      throw .mismatch("the order of batches", found: "\(identity)", wanted: "\(batches.identity)")
    }
    var (model, optimizer) = (model, optimizer)
    try file.restore(prefix: "model", &model)
    model.carried = try carried(in: file)
    try file.restore(prefix: "optimizer", &optimizer.state)
    let steps = try file.integers("training.optimizer_steps", count: optimizer.state.tensors.count)
    for (index, step) in steps.enumerated() { optimizer.state.tensors[index].step = step }
    state = try TrainingState(restoring: file)
    (self.model, self.optimizer, validated) = (model, optimizer, nil)
  }

  /// What the model carries, in the shapes that it has now.
  private func carried(in file: TensorFile) throws(TensorFileError) -> [Tensor<Model.Scalar>] {
    let wanted = model.carried
    let names = wanted.indices.map { "\(Self.carried)\($0)" }
    if let other = file.names.first(where: { $0.hasPrefix(Self.carried) && !names.contains($0) }) {
      throw .unexpectedTensor(other)
    }
    var tensors: [Tensor<Model.Scalar>] = []
    for (name, tensor) in zip(names, wanted) {
      tensors.append(try file.tensor(name, shape: tensor.shape, of: Model.Scalar.self))
    }
    return tensors
  }

  /// Writes a checkpoint, unless a parameter is infinite or NaN: a file that is good stays.
  func save(_ path: String) throws {
    if let tensor = model.firstNonFinite() {
      throw TrainingError.nonFinite(step: state.step, loss: state.meanLoss, tensor: tensor)
    }
    try checkpoint().write(to: path)
  }

  private static var optimizerName: String { "\(Rule.self)" }
  private static var carried: String { "carried." }
}
