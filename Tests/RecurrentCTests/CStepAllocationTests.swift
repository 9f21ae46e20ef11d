import CAllocationCounter
import CRecurrent
import RecurrentC
import Testing

private let isCounting = allocation_counter_is_available()

/// In a process of its own, where nobody else allocates, a step through the C interface is counted.
@Suite("The C interface: what a step asks of the system")
struct CStepAllocationTests {
  @Test("a step allocates nothing and takes no lock", .enabled(if: isCounting))
  func step() async {
    await #expect(processExitsWith: .success) {
      let configuration = Self.configuration(RECURRENT_LSTM)
      expectQuietSteps(configuration, rows: [])
    }
  }

  @Test("a step of some rows allocates nothing and takes no lock", .enabled(if: isCounting))
  func rows() async {
    await #expect(processExitsWith: .success) {
      for cell in [RECURRENT_LSTM, RECURRENT_GRU, RECURRENT_RNN] {
        expectQuietSteps(Self.configuration(cell), rows: [0, 2])
      }
    }
  }

  static func configuration(_ cell: recurrent_cell) -> recurrent_configuration {
    var configuration = recurrent_configuration()
    configuration.cell = cell
    configuration.input_size = 50
    configuration.hidden_size = 65
    configuration.layer_count = 2
    return configuration
  }
}

/// Takes steps of three sequences, or of some of them, and stops unless those after the first ask the system for nothing.
private func expectQuietSteps(_ configuration: recurrent_configuration, rows: [Int]) {
  var (configuration, model, stream) = unsafe (configuration, OpaquePointer?.none, OpaquePointer?.none)
  precondition(unsafe recurrent_model_create_random(&configuration, 1, &model) == RECURRENT_OK)
  precondition(unsafe recurrent_stream_create(model, 3, &stream) == RECURRENT_OK)
  let count = rows.isEmpty ? 3 : rows.count
  let frame = [Float](repeating: 0.5, count: count * 50)
  var hidden = [Float](repeating: 0, count: count * 65)
  for step in 0..<10 {
    allocation_counter_reset()
    let status =
      unsafe rows.isEmpty
      ? recurrent_stream_step(stream, frame, frame.count, &hidden, hidden.count)
      : recurrent_stream_step_rows(stream, rows, rows.count, frame, frame.count, &hidden, hidden.count)
    let counts = allocation_counter_read()
    precondition(status == RECURRENT_OK)
    if step > 0 { precondition(counts.allocations == 0 && counts.locks == 0, "\(counts)") }
  }
}
