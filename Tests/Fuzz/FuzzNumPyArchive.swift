import Recurrent
import RecurrentFormats

/// What libFuzzer calls with bytes of its own making: any file must be read or refused, in bounded time and memory.
@c(LLVMFuzzerTestOneInput)
public func fuzzNumPyArchive(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: count))
  guard let archive = try? NumPyArchive(decoding: bytes) else { return 0 }
  for name in archive.names { _ = try? archive.array(name).tensor(of: Float.self) }
  if let written = try? archive.encoded() {
    let again = try? NumPyArchive(decoding: written)
    guard again?.names == archive.names else { fatalError("another archive came back") }
  }
  return 0
}
