internal import Recurrent

/// How a `Trainer` goes about it.
public struct TrainingOptions: Sendable {
  /// What keeps a step from being too long.
  public enum Clipping: Sendable, Equatable {
    /// Scale all gradients where their global norm is above a limit.
    case norm(Double)
    /// Move every gradient into [−limit, limit].
    case value(Double)
  }

  /// Where and how often to write checkpoints.
  public struct Checkpoints: Sendable, Equatable {
    /// The folder, which must be there: `last.safetensors` is written to go on from, `best.safetensors` after each epoch
    /// with the lowest validation loss so far. One of an earlier run stays there until this one has written its own.
    public var folder: String
    /// Steps from one to the next. One more stands before the first step, and one follows each epoch.
    public var everySteps: Int

    /// Checkpoints in a folder, after each epoch and, where it is given, every so many steps.
    public init(folder: String, everySteps: Int = .max) {
      require(everySteps > 0, "Checkpoints: one every \(everySteps) steps")
      self.folder = folder
      self.everySteps = everySteps
    }

    /// The file to go on from.
    public var last: String { folder + "/last.safetensors" }
    /// The model that did best in validation.
    public var best: String { folder + "/best.safetensors" }
  }

  /// Times that everything is seen.
  public var epochs: Int
  /// The rate of every step, or nil for the optimiser's own.
  public var schedule: LearningRate?
  /// What keeps a step from being too long.
  public var clipping: Clipping?
  /// Epochs without a lower validation loss after which training ends, or nil to go on.
  public var patience: Int?
  /// The validation loss at which training ends, or nil to go on.
  public var goal: Double?
  /// Where and how often to write checkpoints.
  public var checkpoints: Checkpoints?
  /// Where progress is told.
  public var progress: ProgressReport

  /// Everything but the number of epochs is off, and progress goes to standard error.
  public init(
    epochs: Int, schedule: LearningRate? = nil, clipping: Clipping? = nil, patience: Int? = nil,
    goal: Double? = nil, checkpoints: Checkpoints? = nil, progress: ProgressReport = .standardError
  ) {
    require(epochs >= 0 && (patience ?? 1) > 0, "TrainingOptions: \(epochs) epochs, a patience of \(patience ?? 1)")
    self.epochs = epochs
    self.schedule = schedule
    self.clipping = clipping
    self.patience = patience
    self.goal = goal
    self.checkpoints = checkpoints
    self.progress = progress
  }
}
