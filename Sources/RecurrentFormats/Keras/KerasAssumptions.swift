#if HDF5
  public import Recurrent

  /// What the caller says of a layer where its file does not: a `.weights.h5` file has weights, and no word of activations.
  ///
  /// What is nil is Keras's own default. Where the file does say it, and says something else, reading it throws.
  public struct KerasAssumptions: Sendable, Hashable {
    /// The function of the candidate and, in an LSTM, of the output; Keras's default is tanh.
    public var activation: Activation?
    /// The function of the gates; Keras's default is the sigmoid.
    public var recurrentActivation: Activation?
    /// Where a GRU resets. Its bias tells, so that only one without a bias needs to be told; Keras's default is after the
    /// product.
    public var reset: GRUReset?
    /// Whether the caller passes the state of a stateful layer on from call to call, as a `Stream` does. Where he does not,
    /// such a layer is refused, since it would compute something else.
    public var carriesState: Bool

    /// Assumptions; those of Keras where nothing else is said.
    public init(
      activation: Activation? = nil, recurrentActivation: Activation? = nil, reset: GRUReset? = nil,
      carriesState: Bool = false
    ) {
      self.activation = activation
      self.recurrentActivation = recurrentActivation
      self.reset = reset
      self.carriesState = carriesState
    }
  }
#endif
