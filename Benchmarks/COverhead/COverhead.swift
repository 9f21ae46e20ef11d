import CRecurrent
import Recurrent

/// What a step costs more through the C interface: one layer, one frame, the two ways in turn, slice by slice.
///
///     build/c-overhead
@main
struct COverhead {
  static let (inputs, units, stepsPerSlice, slices) = (128, 128, 50, 4000)

  static func main() {
    let lstm = LSTM<Float>(inputSize: inputs, hiddenSize: units, seed: 1)
    var stream = lstm.stream(batchSize: 1)
    let foreign = unsafe makeForeignStream()
    let frame = [Float](repeating: 0.5, count: inputs)
    var hidden = [Float](repeating: 0, count: units)
    var foreignHidden = hidden
    var (swift, c): ([Double], [Double]) = ([], [])

    for _ in 0..<slices {
      swift.append(time { stream.step(frame.span, into: hidden.mutableSpan) })
      c.append(
        time {
          let status = unsafe recurrent_stream_step(foreign, frame, inputs, &foreignHidden, units)
          precondition(status == RECURRENT_OK)
        })
    }
    precondition(hidden == foreignHidden, "the two ways must give the same bits")
    (swift, c) = (swift.sorted(), c.sorted())
    report("shortest", swift[0], c[0])
    report("median", swift[slices / 2], c[slices / 2])
  }

  static func makeForeignStream() -> OpaquePointer? {
    var configuration = recurrent_configuration()
    configuration.cell = RECURRENT_LSTM
    configuration.input_size = inputs
    configuration.hidden_size = units
    var (model, stream): (OpaquePointer?, OpaquePointer?) = (nil, nil)
    precondition(unsafe recurrent_model_create_random(&configuration, 1, &model) == RECURRENT_OK)
    precondition(unsafe recurrent_stream_create(model, 1, &stream) == RECURRENT_OK)
    return unsafe stream
  }

  /// Nanoseconds a step.
  static func time(_ step: () -> Void) -> Double {
    let start = ContinuousClock.now
    for _ in 0..<stepsPerSlice { step() }
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    return (Double(seconds) * 1e9 + Double(attoseconds) * 1e-9) / Double(stepsPerSlice)
  }

  static func report(_ name: String, _ swift: Double, _ c: Double) {
    print("\(name): Swift \(Int(swift)) ns, C \(Int(c)) ns, C over Swift \(Double(Int(1000 * c / swift)) / 1000)")
  }
}
