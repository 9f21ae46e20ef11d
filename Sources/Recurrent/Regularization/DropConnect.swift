// DropConnect: recurrent weights that a training run does without.
//
//     U' = U * m / (1 − p)     dU = dU' * m / (1 − p)     m is 0 with probability p, else 1
//
// The run works with weights of its own; going back, their gradients go through the mask that they went through.

extension RecurrentLayer {
  /// The engines of a training run. What they need for it alone is packed in memory from a shelf.
  func trainingEngines(_ masks: RunMasks?, _ shelf: PackShelf) -> [any TrainingEngine<Weights>] {
    let room = PackingRoom(team: team, shelf: shelf)
    guard let masks, masks.regularization.touchesSteps else {
      return Weights.trainingEngines(stack, parameters.weights, configuration, room: room).engines
    }
    var parameters = parameters
    let dropsConnections = masks.regularization.dropConnect > 0
    if dropsConnections { parameters.dropConnections(masks, stack.shape) }
    let isServed = !dropsConnections && runningEngine != .fused
    let stack =
      isServed
      ? stack
      : LayerModel(configuration, parameters: parameters, engine: runningEngine == .naive ? .naive : .blas).stack
    return Weights.trainingEngines(stack.withoutZoneout, parameters.weights, configuration, room: room).engines
  }
}

extension TrainingRun {
  /// Lets `backward` form the gradients by the weights that the run worked with, and makes them those by all weights.
  /// `adding` says whether what stands in `gradients` counts, and to `backward`, whether what stands in its own does.
  func throughDropConnect(
    into gradients: inout LayerParameters<Weights>, adding: Bool,
    _ backward: (inout LayerParameters<Weights>, _ adding: Bool) -> Void
  ) {
    guard let masks, masks.regularization.dropConnect > 0 else { return backward(&gradients, adding) }
    guard adding else {
      backward(&gradients, false)
      return gradients.dropConnections(masks, shape)
    }
    var fresh = gradients.zeros()
    backward(&fresh, false)
    fresh.dropConnections(masks, shape)
    gradients.add(fresh)
  }
}

extension LayerParameters {
  /// Multiplies the recurrent rows of every layer's and direction's matrix with their mask.
  fileprivate mutating func dropConnections(_ masks: RunMasks, _ shape: StackShape) {
    for layer in 0..<shape.layerCount {
      for direction in Direction.allCases.prefix(shape.directionCount) {
        let mask = masks.of(layer: layer, direction).mask(.dropConnect, masks.regularization.dropConnect)
        mask.multiply(&self[layer: layer, direction: direction].matrix, firstRows: shape.outputSize)
      }
    }
  }

  /// Adds numbers of the same shapes.
  fileprivate mutating func add(_ other: LayerParameters) {
    var others: [Tensor<Scalar>] = []
    other.forEach { others.append($1) }
    var index = 0
    updateEach { _, tensor in
      let other = others[index]
      var elements = tensor.mutableSpan
      let added = other.span
      for element in added.indices { elements[element] += added[element] }
      index += 1
    }
  }
}

extension Mask {
  /// Multiplies the first rows of a matrix with the mask, whose rows they are.
  fileprivate func multiply<Scalar: RecurrentScalar>(_ tensor: inout Tensor<Scalar>, firstRows rows: Int) {
    let (height, width) = (tensor.shape[0], tensor.shape[1])
    var matrix = MutableMatrixView(tensor.mutableSpan, rows: height, columns: width)
    for row in 0..<rows { multiply(&matrix, row: row, at: Place(row: UInt32(row), step: 0)) }
  }
}
