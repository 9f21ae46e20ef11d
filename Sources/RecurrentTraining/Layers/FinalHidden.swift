public import Recurrent

extension RecurrentLayer {
  /// h of the last layer in a state, the directions side by side: [N, D·R]. What a whole sequence has left behind: after its
  /// last step, and for the reverse direction after its first.
  ///
  /// - Complexity: O(N·D·R).
  public func finalHidden(_ state: State) -> Tensor<Scalar> {
    let hidden = state.components[0]
    let (batch, width) = (hidden.shape[1], hidden.shape[2])
    let size = batch * width
    return Tensor(
      concatenating: lastRows(hidden).map { row in
        Tensor(shape: [batch, width], elements: Array(hidden.elements[row * size..<(row + 1) * size]))
      })
  }

  /// The gradients of a run whose loss looks at its `finalHidden` alone, from those by it, [N, D·R].
  ///
  /// - Complexity: O(L·D·N·R).
  public func outputGradients(finalHidden gradient: Tensor<Scalar>) -> OutputGradients<State> {
    require(gradient.shape.count == 2, "outputGradients: a gradient of shape \(gradient.shape), not [N, D·R]")
    var components = zeroState(batchSize: gradient.shape[0]).components
    let width = components[0].shape[2]
    let rows = lastRows(components[0])
    let parts = gradient.split(into: rows.map { _ in width })
    for (row, part) in zip(rows, parts) {
      var numbers = components[0].mutableSpan
      for index in part.span.indices { numbers[row * part.count + index] = part.span[index] }
    }
    return OutputGradients(final: State(components: components))
  }

  /// The rows of the last layer in a component [L·D, N, width].
  private func lastRows(_ component: Tensor<Scalar>) -> Range<Int> {
    component.shape[0] - (configuration.isBidirectional ? 2 : 1)..<component.shape[0]
  }
}
