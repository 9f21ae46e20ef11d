import Recurrent
import RecurrentFormats

/// What libFuzzer calls with bytes of its own making: any file must be read or refused, in bounded time and memory.
@c(LLVMFuzzerTestOneInput)
public func fuzzNumPyArray(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let array = try? NumPyArray(decoding: Array(UnsafeBufferPointer(start: data, count: count))) else { return 0 }
  _ = try? array.integers()
  if let tensor = try? array.tensor(of: Double.self) {
    // What was read is written, and read again as the same.
    guard let again = try? NumPyArray(decoding: NumPyArray(tensor).encoded()).tensor(of: Double.self),
      again.elements.map(\.bitPattern) == tensor.elements.map(\.bitPattern)
    else { fatalError("another array came back") }
  }
  return 0
}
