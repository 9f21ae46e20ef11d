import Recurrent
import RecurrentONNX

/// Does all that can be done with a file: lists it, loads its nodes, runs its graph. Whatever is wrong with it is an error;
/// libFuzzer finds what traps, hangs, or takes more memory than it allows.
@c(LLVMFuzzerTestOneInput)
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
  guard let model = try? ONNXModel(bytes: bytes) else { return 0 }
  for node in model.recurrentNodes.prefix(4) {
    switch node.cell {
    case .lstm:
      _ = try? LSTM<Float>(from: model, named: node.name)
      _ = try? LSTM<Float>.initialState(from: model, named: node.name)
    case .gru: _ = try? GRU<Float>(from: model, named: node.name)
    case .rnn: _ = try? RNN<Double>(from: model, named: node.name)
    }
  }
  guard let program = try? ONNXProgram<Float>(model, engine: .blas, elementLimit: 1 << 20) else { return 0 }
  let inputs = program.inputs.map { ($0, value(for: $0)) }
  _ = try? program(Dictionary(inputs) { first, _ in first })
  return 0
}

/// What the models of the corpus read under this name.
private func value(for name: String) -> ONNXValue<Float> {
  func numbers(_ shape: [Int]) -> ONNXValue<Float> { .numbers(Tensor(shape: shape, repeating: 0.5)) }
  switch name {
  case "sequence_lens": return .integers(ONNXIntegers([3, 1, 2]))
  case "initial_h", "initial_c": return numbers([2, 3, 4])
  case "features": return numbers([3, 5, 3])
  default: return numbers([5, 3, 3])
  }
}
