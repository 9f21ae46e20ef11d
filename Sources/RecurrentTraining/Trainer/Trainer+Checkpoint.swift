internal import Recurrent
public import RecurrentFormats

extension Trainer {
  /// Goes on from the last checkpoint of the folder that the options name; returns false where there is none.
  ///
  /// Throws `TensorFileError` where the file, or that of the best model so far, is damaged, or of another model, optimiser,
  /// order of batches or run, and then changes nothing.
  ///
  /// Where a run was killed just between writing its best model and writing that it has, the best model's file is one epoch
  /// ahead. It stands for the best model, too, until the steps of that epoch, which are taken again, have made it again.
  @discardableResult
  public mutating func resume() throws(TensorFileError) -> Bool {
    guard let checkpoints = options.checkpoints, DurableFile.exists(checkpoints.last) else { return false }
    let last = try TensorFile(contentsOf: checkpoints.last)
    let isValidated = try TrainingState(restoring: last).bestLoss < .infinity
    try restore(last, best: isValidated ? TensorFile(contentsOf: checkpoints.best) : nil)
    return true
  }

  /// Everything that the rest of a run depends on.
  ///
  /// `model.*` are the parameters, `carried.*` what the model carries from batch to batch, `optimizer.*` the optimiser's
  /// buffers, `training.*` steps, losses and the generator. The configurations of the model's `layers` stand in the metadata.
  public func checkpoint() -> TensorFile {
    var file = TensorFile(
      metadata: ["format": "pt", "optimizer": Self.optimizerName, Self.versionName: Self.version])
    file.set(prefix: "model", model)
    for (name, configuration) in model.layers { file.describe(configuration, named: "model.\(name)") }
    file.set(prefix: "optimizer", optimizer.state)
    file.set(Self.optimizerSteps, integers: optimizer.state.tensors.map(\.step))
    file.set("training.batches", integers: batches.identity)
    for (index, tensor) in model.carried.enumerated() { file.set("\(Self.carried)\(index)", tensor) }
    state.save(to: &file)
    return file
  }

  /// Goes on from a checkpoint, which must be of the same model, optimiser and batches; where it is not, changes nothing.
  ///
  /// - Parameters:
  ///   - file: what `checkpoint()` gave.
  ///   - best: the checkpoint that was taken after the epoch with the lowest validation loss, for `best` to give its model.
  ///     It must be there where something had been validated, and of the same run.
  public mutating func restore(_ file: TensorFile, best: TensorFile? = nil) throws(TensorFileError) {
    let version = file.metadata[Self.versionName] ?? "none"
    guard version == Self.version else {
      throw .mismatch("the version of the checkpoint", found: version, wanted: Self.version)
    }
    let name = file.metadata["optimizer"] ?? "none"
    guard name == Self.optimizerName else {
      throw .mismatch("the optimiser", found: name, wanted: Self.optimizerName)
    }
    let identity = try file.integers("training.batches", count: batches.identity.count)
    guard identity == batches.identity else {
      throw .mismatch("the order of batches", found: "\(identity)", wanted: "\(batches.identity)")
    }
    let state = try TrainingState(restoring: file)
    try state.requirePlace(in: batches)
    let model = try model(in: file)
    var optimizer = optimizer
    try file.restore(prefix: "optimizer", &optimizer.state)
    let steps = try file.integers(Self.optimizerSteps, count: optimizer.state.tensors.count)
    for (index, step) in steps.enumerated() {
      guard (0...state.step).contains(step) else {
        throw .badTensor(Self.optimizerSteps, reason: "\(step) steps of \(state.step)")
      }
      optimizer.state.tensors[index].step = step
    }
    let validated = state.bestLoss < .infinity ? try bestModel(in: best, of: state) : nil
    (self.model, self.optimizer, self.state, self.validated) = (model, optimizer, state, validated)
  }

  /// The model of the checkpoint that was taken after the best epoch before `state`, or, where the run was killed before the
  /// next checkpoint, after the one behind it.
  private func bestModel(in file: TensorFile?, of state: TrainingState) throws(TensorFileError) -> Model {
    let (what, wanted) = ("the validation loss of the best model", "\(state.bestLoss)")
    guard let file else { throw .mismatch(what, found: "not given", wanted: wanted) }
    let best = try TrainingState(restoring: file)
    guard best.bestLoss == state.bestLoss || best.bestLoss < state.bestLoss && best.step > state.step else {
      throw .mismatch(what, found: "\(best.bestLoss)", wanted: wanted)
    }
    return try model(in: file)
  }

  /// The model with the parameters of a checkpoint, and with what it carried then.
  private func model(in file: TensorFile) throws(TensorFileError) -> Model {
    var model = model
    try file.restore(prefix: "model", &model)
    model.carried = try carried(in: file)
    return model
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
  private static var optimizerSteps: String { "training.optimizer_steps" }
  private static var carried: String { "carried." }
  private static var versionName: String { "recurrent-training" }
  private static var version: String { "1" }
}
