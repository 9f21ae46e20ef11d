/// What a cell carries from step to step, for every layer and direction of a stack and N sequences side by side.
public protocol RecurrentState<Scalar>: Sendable, Equatable {
  /// Float or Double.
  associatedtype Scalar: RecurrentScalar
  /// The parts of the state, h first, each a tensor [L·D, N, width] with row l·D + d for layer l and direction d.
  var components: [Tensor<Scalar>] { get }
  /// A state from its parts.
  init(components: [Tensor<Scalar>])
}

/// A recurrent layer, or several of them stacked, over sequences: an LSTM, a GRU, a plain RNN.
///
/// T is the number of steps, N that of sequences side by side, I and H input and hidden size, R the width of h (H, or P
/// with a projection), L layers and D directions.
public protocol RecurrentLayer<Scalar>: Sendable {
  /// Float or Double.
  associatedtype Scalar: RecurrentScalar
  /// What the cell carries from step to step.
  associatedtype State: RecurrentState<Scalar>
  /// The weights of one layer and direction.
  associatedtype Weights: LayerWeights<Scalar>
  /// Options, weights, and the engines that are ready to run.
  var model: LayerModel<Weights> { get set }
  /// A layer from its options, weights and engines.
  init(_ model: LayerModel<Weights>)
}

extension RecurrentLayer {
  /// A layer with the given weights.
  public init(
    _ configuration: Weights.Configuration, parameters: LayerParameters<Weights>, engine: Engine = .fused
  ) {
    self.init(LayerModel(configuration, parameters: parameters, engine: engine))
  }

  /// A layer with random weights, the same for the same seed.
  public init(
    _ configuration: Weights.Configuration, initialization: Weights.Initialization = .uniform, seed: UInt64,
    engine: Engine = .fused
  ) {
    let parameters = LayerParameters<Weights>(configuration, initialization: initialization, seed: seed)
    self.init(configuration, parameters: parameters, engine: engine)
  }

  /// The sizes and options.
  public var configuration: Weights.Configuration { model.configuration }

  /// The weights of every layer and direction, whose shapes must stay those of the configuration.
  ///
  /// A change makes the engine prepare them anew, once, when it ends: O(number of parameters), so change many at once. A
  /// stream keeps the weights that it was made with.
  public var parameters: LayerParameters<Weights> {
    get { model.parameters }
    _modify { yield &model.parameters }
  }

  /// The layers, ready to run.
  public var stack: LayerStack<Scalar> { model.stack }

  /// The engine that was asked for.
  public var engine: Engine { model.stack.engine }

  /// The engine that really runs: `blas` where `fused` was asked for and does not serve the scalar or an option.
  public var runningEngine: Engine { model.stack.engines[0].engine }

  /// Who may work on a whole-sequence call: `ThreadTeam.shared`, unless told otherwise. Steps run on the caller alone.
  public var team: ThreadTeam {
    get { model.stack.team }
    set { model.stack.team = newValue }
  }

  /// The same model on another engine.
  ///
  /// - Complexity: O(number of parameters).
  public func on(_ engine: Engine) -> Self {
    var layer = Self(configuration, parameters: parameters, engine: engine)
    layer.team = team
    return layer
  }
}

/// What a layer makes of whole sequences.
public struct SequenceOutput<State: RecurrentState>: Sendable {
  /// h of the last layer at every step, the directions side by side: [T, N, D·R], or [N, T, D·R] where the input was
  /// batch-major. 0 past the end of a sequence.
  public let hidden: Tensor<State.Scalar>
  /// The state of every layer and direction after each sequence's own last step (in reverse: its first).
  public let final: State
  /// C of every layer at every step, the directions side by side: [L, T, N, D·H] or [L, N, T, D·H]; nil where it was
  /// not asked for, or the cell has none. 0 past the end of a sequence.
  public let cells: Tensor<State.Scalar>?
}

extension RecurrentLayer {
  /// The state of `batchSize` sequences before their first step: zeros.
  public func zeroState(batchSize: Int) -> State {
    let shape = stack.shape
    return State(
      components: shape.componentSizes.map {
        Tensor(shape: [shape.layerCount * shape.directionCount, batchSize, $0])
      })
  }

  /// Runs whole sequences.
  ///
  /// - Parameters:
  ///   - input: [T, N, I], or [N, T, I] where `layout` is batch-major.
  ///   - lengths: the steps of each of the N sequences, from 0 to T; all of them T where nil. What stands past the end
  ///     of a sequence is never read (a NaN there changes nothing) and never computed.
  ///   - initial: the state before the first step, zeros where nil.
  ///   - layout: the order of the first two dimensions of input and output.
  ///   - recordingCells: whether C of every layer and step is kept, in a cell that has one; else there is nothing to keep.
  /// - Complexity: O(Σ lengths · G·H·(I + R) · L·D), and O(T·N·D·R) for an output full of zeros.
  public func callAsFunction(
    _ input: Tensor<Scalar>, lengths: [Int]? = nil, from initial: State? = nil, layout: SequenceLayout = .timeMajor,
    recordingCells: Bool = false
  ) -> SequenceOutput<State> {
    run(input, lengths: lengths, from: initial, layout: layout, recordingCells: recordingCells)
  }

  /// Runs whole sequences between memory that the caller owns; nothing the size of the problem is allocated.
  ///
  /// The values-in, values-out call is made of this one.
  ///
  /// - Parameters:
  ///   - input: T·N rows of I, in the order that `layout` says. T is inferred.
  ///   - lengths: the steps of each of the N sequences, from 0 to T; all of them T where nil.
  ///   - state: on entry the state before the first step, on return that after each sequence's last. Its batch size is N.
  ///   - output: T·N rows of D·R, in the order of the input; 0 past the end of a sequence.
  ///   - layout: whether steps or sequences come first.
  ///   - workspace: scratch memory for this layer, T and N.
  @specialized(where Self == LSTM<Float>)
  @specialized(where Self == LSTM<Double>)
  @specialized(where Self == GRU<Float>)
  @specialized(where Self == GRU<Double>)
  @specialized(where Self == RNN<Float>)
  @specialized(where Self == RNN<Double>)
  public func run(
    _ input: Span<Scalar>, lengths: [Int]? = nil, state: inout State, into output: consuming MutableSpan<Scalar>,
    layout: SequenceLayout = .timeMajor, using workspace: inout Workspace<Scalar>
  ) {
    let shape = stack.shape
    var components = state.components
    require(!components.isEmpty, "run: a state of \(components.count) components; there must be 1 at least")
    require(components[0].shape.count == 3, "run: a state of \(components[0].shape.count) dimensions in place of 3")
    let batchSize = components[0].shape[1]
    shape.requireState(components, batchSize: batchSize)
    let rowCount = input.count / shape.inputSize
    require(
      input.count == rowCount * shape.inputSize && rowCount.isMultiple(of: batchSize),
      "run: \(input.count) inputs are not steps of \(batchSize) sequences of \(shape.inputSize) features")
    let plan = BatchPlan(
      stepCount: batchSize == 0 ? 0 : rowCount / batchSize, batchSize: batchSize, layout: layout, lengths: lengths)
    require(
      output.count == rowCount * shape.outputSize * shape.directionCount,
      "run: \(output.count) outputs for \(rowCount) rows of \(shape.outputSize * shape.directionCount)")
    var output = MutableMatrixView(
      output, rows: plan.stepCount * plan.batchSize, columns: shape.outputSize * shape.directionCount)
    var cells = MutableMatrixView(MutableSpan<Scalar>(), rows: 0, columns: 0)
    stack.run(input, plan, state: &components, into: &output, cells: &cells, using: &workspace)
    state = State(components: components)
  }

  /// The value form, with or without every cell state.
  @specialized(where Self == LSTM<Float>)
  @specialized(where Self == LSTM<Double>)
  @specialized(where Self == GRU<Float>)
  @specialized(where Self == GRU<Double>)
  @specialized(where Self == RNN<Float>)
  @specialized(where Self == RNN<Double>)
  func run(
    _ input: Tensor<Scalar>, lengths: [Int]?, from initial: State?, layout: SequenceLayout, recordingCells: Bool
  ) -> SequenceOutput<State> {
    let shape = stack.shape
    let recordsCells = recordingCells && shape.hasCell
    require(input.shape.count == 3, "run: an input of \(input.shape.count) dimensions in place of 3")
    let (first, second, features) = (input.shape[0], input.shape[1], input.shape[2])
    require(features == shape.inputSize, "run: \(features) features for an input size of \(shape.inputSize)")
    let (stepCount, batchSize) = layout == .timeMajor ? (first, second) : (second, first)
    let plan = BatchPlan(stepCount: stepCount, batchSize: batchSize, layout: layout, lengths: lengths)
    var components = (initial ?? zeroState(batchSize: batchSize)).components
    shape.requireState(components, batchSize: batchSize)

    let (outputWidth, cellWidth) = (shape.outputSize * shape.directionCount, shape.hiddenSize * shape.directionCount)
    let rows = checkedProduct("run", first, second, sizeof: Scalar.self)
    let cellRows = recordsCells ? checkedProduct("run", shape.layerCount, rows, sizeof: Scalar.self) : 0
    var hidden = Tensor<Scalar>(shape: [first, second, outputWidth])
    var cells = Tensor<Scalar>(shape: [cellRows, cellWidth])
    var workspace = Workspace(stack, stepCount: stepCount, batchSize: batchSize)
    do {
      var hiddenRows = MutableMatrixView(hidden.mutableSpan, rows: rows, columns: outputWidth)
      var cellRows = MutableMatrixView(cells.mutableSpan, rows: cellRows, columns: cellWidth)
      stack.run(input.span, plan, state: &components, into: &hiddenRows, cells: &cellRows, using: &workspace)
    }
    return SequenceOutput(
      hidden: hidden, final: State(components: components),
      cells: recordsCells ? cells.reshaped(to: [shape.layerCount, first, second, cellWidth]) : nil)
  }
}
