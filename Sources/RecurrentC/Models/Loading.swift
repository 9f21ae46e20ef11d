internal import CRecurrent
internal import Recurrent
internal import RecurrentFormats

/// How a C caller wants the model of a file to run.
struct LoadOptions {
  let engine: Engine
  /// Of a plain RNN whose file does not tell it.
  let activation: Activation?

  init(_ pointer: UnsafePointer<recurrent_load_options>?) throws(Failure) {
    let c = unsafe pointer == nil ? recurrent_load_options() : try load("options", pointer)
    engine = try Engine(c.engine)
    let activation = try Activation("activation", c.activation, usual: .tanh)
    self.activation = c.activation.function == RECURRENT_USUAL ? nil : activation
  }
}

/// The model of a file: of its layer `name`, or of its only one where that is nil.
func loadModel(
  _ name: String?, _ options: LoadOptions, _ open: () throws(TensorFileError) -> TensorFile
) throws(Failure) -> any Model {
  let (file, layer) = try reading { () throws(TensorFileError) in
    let file = try open()
    return (file, try file.layer(named: name))
  }
  try checkMemory("the model", layer.configuration.memoryEstimate)
  let model = try reading { () throws(TensorFileError) in
    try AnyLayer<Float>(file, named: layer.name, activation: options.activation, engine: options.engine)
  }
  return switch model {
  case .lstm(let lstm): ModelOf(lstm)
  case .gru(let gru): ModelOf(gru)
  case .rnn(let rnn): ModelOf(rnn)
  }
}

/// Makes a failure of what is wrong with a file.
private func reading<Result>(_ work: () throws(TensorFileError) -> Result) throws(Failure) -> Result {
  do throws(TensorFileError) {
    return try work()
  } catch {
    throw Failure(error.status, error.description)
  }
}

extension TensorFileError {
  /// The system's refusal, or what is wrong with the file.
  fileprivate var status: recurrent_status {
    if case .system = self { RECURRENT_FILE_ERROR } else { RECURRENT_BAD_FILE }
  }
}

extension CellConfiguration {
  /// Bytes of a model while it is made.
  var memoryEstimate: Double {
    switch self {
    case .lstm(let lstm): lstm.memoryEstimate
    case .gru(let gru): gru.memoryEstimate
    case .rnn(let rnn): rnn.memoryEstimate
    }
  }
}
