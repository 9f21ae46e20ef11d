public import Recurrent

/// What an optimiser remembers of all tensors, in the order of the parameters.
public struct OptimizerState<Scalar: RecurrentScalar>: Sendable, Equatable {
  /// One for each tensor.
  public internal(set) var tensors: [TensorState<Scalar>] = []

  /// The state before the first step.
  public init() {}
}

/// What an optimiser remembers of one tensor.
public struct TensorState<Scalar: RecurrentScalar>: Sendable, Equatable {
  /// Which of the buffers there are; the others are empty.
  public struct Buffers: OptionSet, Sendable, Hashable {
    /// The bits.
    public let rawValue: Int
    /// Buffers from their bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// `TensorState.momentum`.
    public static var momentum: Buffers { Buffers(rawValue: 1) }
    /// `TensorState.mean`.
    public static var mean: Buffers { Buffers(rawValue: 2) }
    /// `TensorState.square`.
    public static var square: Buffers { Buffers(rawValue: 4) }
  }

  /// The name of the tensor.
  public let name: String
  /// The shape of the tensor, and of each buffer that is there.
  public let shape: [Int]
  /// The steps so far.
  public var step = 0
  /// The velocity: a decaying sum of the steps before.
  public var momentum: Tensor<Scalar>
  /// A decaying mean of the gradients.
  public var mean: Tensor<Scalar>
  /// A decaying mean of the gradients' squares.
  public var square: Tensor<Scalar>

  /// The state of a tensor before the first step: zeros.
  public init(name: String, shape: [Int], buffers: Buffers) {
    self.name = name
    self.shape = shape
    momentum = Tensor(shape: buffers.contains(.momentum) ? shape : [0])
    mean = Tensor(shape: buffers.contains(.mean) ? shape : [0])
    square = Tensor(shape: buffers.contains(.square) ? shape : [0])
  }
}

extension OptimizerState: ParameterSet {
  /// Visits every buffer, as `name.momentum`, `name.mean`, `name.square`; a buffer that is not kept has shape [0].
  public func forEach(_ body: (_ name: String, _ tensor: Tensor<Scalar>) -> Void) {
    for tensor in tensors {
      body("\(tensor.name).momentum", tensor.momentum)
      body("\(tensor.name).mean", tensor.mean)
      body("\(tensor.name).square", tensor.square)
    }
  }

  /// Visits every buffer in the same order, to change its elements.
  public mutating func updateEach(_ body: (_ name: String, _ tensor: inout Tensor<Scalar>) -> Void) {
    for index in tensors.indices {
      let name = tensors[index].name
      body("\(name).momentum", &tensors[index].momentum)
      body("\(name).mean", &tensors[index].mean)
      body("\(name).square", &tensors[index].square)
    }
  }
}
