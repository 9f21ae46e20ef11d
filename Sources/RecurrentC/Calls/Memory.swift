internal import CRecurrent

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Throws where there is no hope of `bytes` of memory. What follows allocates by ways that stop the program where the
/// system refuses, so it is asked first; `bytes` is an estimate, and rather too large than too small.
///
/// A Double, in which sizes that somebody made up do not overflow.
func checkMemory(_ what: StaticString, _ bytes: Double) throws(Failure) {
  guard bytes > 0x1p20 else { return }
  let machine = Double(sysconf(Int32(_SC_PHYS_PAGES))) * Double(sysconf(Int32(_SC_PAGESIZE)))
  guard bytes <= machine, isGranted(Int(bytes)) else {
    let size = bytes < 0x1p40 ? "\(Int(bytes) >> 20) MiB" : "more than a TiB"
    throw Failure(RECURRENT_OUT_OF_MEMORY, "\(what) would take about \(size)")
  }
}

/// Whether the system promises so much memory. It is given back at once, untouched.
private func isGranted(_ byteCount: Int) -> Bool {
  guard let memory = unsafe malloc(byteCount) else { return false }
  unsafe free(memory)
  return true
}
