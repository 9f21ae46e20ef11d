public import Recurrent

/// Epochs of steps: batches, loss and gradients, clipping, schedule, optimiser, validation, checkpoints.
///
///     var trainer = Trainer(model, optimizer: Adam(), batches: batches, options: TrainingOptions(epochs: 10))
///     try trainer.resume()   // where there is a checkpoint
///     try trainer.run { sequences in Batch(sequences) } validatingBy: { model in loss(of: model) }
///
/// All that a run depends on is in its checkpoints: one that is stopped anywhere, and resumed, ends with the same bits as
/// one that is not.
public struct Trainer<Model: TrainableModel, Rule: Optimizer, Order: BatchOrder> where Rule.Scalar == Model.Scalar {
  /// The model, as the steps so far have made it.
  public internal(set) var model: Model
  /// The optimiser, and what it remembers.
  public internal(set) var optimizer: Rule
  /// Where training stands.
  public internal(set) var state: TrainingState
  /// What there is to learn from, and its order in every epoch.
  public let batches: Order
  /// How to go about it.
  public let options: TrainingOptions
  /// The model after the best epoch so far, with what it carried then; nil before the first validation.
  var validated: Model?

  /// Training from the beginning; `seed` is for what the model draws, such as dropout.
  public init(
    _ model: Model, optimizer: Rule, batches: Order, options: TrainingOptions, seed: UInt64 = 0
  ) {
    self.model = model
    self.optimizer = optimizer
    self.batches = batches
    self.options = options
    state = TrainingState(seed: seed)
    self.optimizer.prepare(for: model)
  }

  /// The model as it was after the epoch with the lowest validation loss; where nothing was validated, as it is.
  public var best: Model { validated ?? model }

  /// Whether the epochs are over, or patience is, or the goal is reached.
  public var isFinished: Bool {
    state.epoch >= options.epochs || state.epochsSinceBest >= options.patience ?? .max
      || state.bestLoss <= options.goal ?? -.infinity
  }

  /// Trains until it is finished.
  ///
  /// - Parameters:
  ///   - batch: Makes what the model learns from, of what the order says; of `LengthBatches` the numbers of sequences,
  ///     longest first.
  ///   - validate: The loss that patience goes by, of what the model does not learn from.
  ///
  /// Throws `TrainingError` where a loss or gradient is not finite, `TensorFileError` where a checkpoint cannot be
  /// written, and what the closures throw. The trainer then stands before the step that failed, or, where it was not a step
  /// but the judging of an epoch or the writing of a checkpoint, behind the last one.
  ///
  /// With checkpoints, a run that begins at step 0 first writes `last`: an earlier run's in the same folder is not gone on
  /// with by mistake. Its `best` stays until this one has one.
  public mutating func run(
    batch: (_ batch: Order.Batch) throws -> Model.Batch, validatingBy validate: ((Model) throws -> Double)? = nil
  ) throws {
    try run(batch: { order, _ in try batch(order) }, validatingBy: validate)
  }

  /// Trains until it is finished, on batches that also depend on where training stands: made anew in every epoch, for
  /// example.
  ///
  ///     try trainer.run { sequences, state in spoilt(sequences, seed: UInt64(state.epoch)) }
  public mutating func run(
    batch: (_ batch: Order.Batch, _ state: TrainingState) throws -> Model.Batch,
    validatingBy validate: ((Model) throws -> Double)? = nil
  ) throws {
    var progress = ProgressMeter(options.progress, epochs: options.epochs, unit: Order.unit)
    if let checkpoints = options.checkpoints, state.step == 0 { try save(checkpoints.last) }
    while !isFinished {
      let order = batches.batches(ofEpoch: state.epoch)
      while state.position < order.count {
        let next = order[state.position]
        let count = batches.count(in: next)
        try step(batch(next, state), count: count)
        progress.show(state, steps: order.count, count: count)
        guard let checkpoints = options.checkpoints else { continue }
        if state.step % checkpoints.everySteps == 0 { try save(checkpoints.last) }
      }
      let (loss, validation) = (state.meanLoss, try validate?(model))
      let isBest = endEpoch(validation)
      progress.endEpoch(state, loss: loss, validation: validation)
      guard let checkpoints = options.checkpoints else { continue }
      if isBest { try save(checkpoints.best) }
      try save(checkpoints.last)
    }
  }

  /// One step: nothing changes before loss and gradients are known to be finite.
  private mutating func step(_ batch: Model.Batch, count: Int) throws {
    let carried = model.carried
    do {
      try learn(from: batch, count: count)
    } catch {
      model.carried = carried
      throw error
    }
  }

  private mutating func learn(from batch: Model.Batch, count: Int) throws {
    var generator = SeededGenerator(seed: state.generator)
    var (loss, gradients) = try model.lossAndGradients(batch, using: &generator)
    // An infinite norm of finite numbers, of Double near its largest, is no reason to stop.
    if !loss.isFinite || !gradients.norm().isFinite {
      let tensor = model.firstNonFinite() ?? gradients.firstNonFinite()
      if !loss.isFinite || tensor != nil {
        throw TrainingError.nonFinite(step: state.step + 1, loss: loss, tensor: tensor)
      }
    }
    switch options.clipping {
    case .norm(let limit): gradients.clip(toNorm: limit)
    case .value(let limit): gradients.clip(toValue: limit)
    case nil: break
    }
    if let schedule = options.schedule { optimizer.learningRate = schedule.rate(atStep: state.step) }
    optimizer.update(&model, with: gradients)
    state.generator = generator.state
    state.step += 1
    state.position += 1
    state.sequences += count
    state.lossSum += loss * Double(count)
  }

  /// Turns to the next epoch; returns whether this one's validation loss is the lowest so far.
  private mutating func endEpoch(_ validation: Double?) -> Bool {
    state.epoch += 1
    (state.position, state.sequences, state.lossSum) = (0, 0, 0)
    guard let validation else { return false }
    let isBest = validation < state.bestLoss
    if isBest { (state.bestLoss, validated) = (validation, model) }
    state.epochsSinceBest = isBest ? 0 : state.epochsSinceBest + 1
    return isBest
  }
}
