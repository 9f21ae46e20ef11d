internal import CRecurrentKernels

/// Does `work` with denormals flushed to zero on this thread, as the engines other than `naive` do, so that its time does
/// not depend on the data; what was set before is restored.
func withDenormalsFlushed(unless isNaive: Bool, _ work: () -> Void) {
  guard !isNaive else { return work() }
  let control = rk_flush_denormals_begin()
  defer { rk_flush_denormals_end(control) }
  work()
}
