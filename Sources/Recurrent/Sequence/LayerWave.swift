/// What of a stack runs before anything else begins: a layer with all its directions, or two layers of one direction side
/// by side, the upper one a step or a block of steps behind.
struct LayerWave {
  let first: LayerPass
  let second: LayerPass?
  /// Whether the two run at the same time, each on its half of the team, and need not meet at every step.
  let isSideBySide: Bool

  /// The wave that begins with `layer`.
  init<Scalar>(from layer: Int, of stack: LayerStack<Scalar>, _ plan: BatchPlan) {
    let shape = stack.shape
    func pass(_ layer: Int, _ direction: Direction) -> LayerPass {
      LayerPass(
        plan: plan, layer: layer, direction: direction, outputColumn: direction.rawValue * shape.outputSize,
        team: stack.team)
    }
    first = pass(layer, .forward)
    let engine = stack.engines[stack.index(first)]
    if shape.directionCount == 2 {
      second = pass(layer, .reverse)
      isSideBySide = engine.prefersCompany(first, ofNextLayer: false)
    } else {
      isSideBySide = layer + 1 < shape.layerCount && engine.prefersCompany(first, ofNextLayer: true)
      second = isSideBySide ? pass(layer + 1, .forward) : nil
    }
  }

  /// The layer with which the next wave begins.
  var nextLayer: Int { (second ?? first).layer + 1 }
}
