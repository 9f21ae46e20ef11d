import Recurrent
import RecurrentFormats

/// What libFuzzer calls with bytes of its own making: any file must be read or refused, in bounded time and memory.
@c(LLVMFuzzerTestOneInput)
public func fuzzTensorFile(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let file = try? TensorFile(decoding: Array(UnsafeBufferPointer(start: data, count: count))) else { return 0 }
  for name in file.names {
    _ = try? file.tensor(name, convertedTo: Float.self)
    _ = try? file.tensor(name, convertedTo: Double.self)
  }
  for name in file.layerNames {
    _ = try? file.layer(named: name)
    _ = try? AnyLayer<Float>(file, named: name, engine: .naive)
  }
  // What was read is written, and read again as the same.
  let again = try? TensorFile(decoding: file.encoded())
  guard again == file else { fatalError("another file came back") }
  return 0
}
