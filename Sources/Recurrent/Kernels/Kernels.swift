internal import CRecurrentKernels

/// The C kernels of one instruction set, behind spans whose sizes are checked.
///
/// What a function promises about accuracy and special values stands in `recurrent_kernels.h`, and is tested for every
/// instruction set. All instruction sets give the same bits.
@safe
package struct Kernels: @unchecked Sendable {
  // A constant table of the C target: it lives as long as the program, and nobody writes to it.
  let table: UnsafePointer<rk_kernels>

  /// The instruction set of these kernels.
  package let isa: InstructionSet

  /// The kernels of `isa`, or nil where this machine cannot run them.
  package init?(_ isa: InstructionSet) {
    guard let table = unsafe rk_kernels_for(isa.kernelISA) else { return nil }
    unsafe self.table = table
    self.isa = isa
  }

  /// The kernels of `InstructionSet.best`.
  package static let best = Kernels(.best)!

  /// Floats in one vector register.
  package var width: Int { unsafe Int(table.pointee.width) }
}

// MARK: - Functions of every element

extension Kernels {
  /// Writes eˣ of every element to `y`, which has as many.
  package func exp(_ x: Span<Float>, into y: inout MutableSpan<Float>) {
    unsafe map(table.pointee.exp, "exp", x, into: &y)
  }

  /// Writes σ(x) = 1 / (1 + e⁻ˣ) of every element to `y`, which has as many.
  package func sigmoid(_ x: Span<Float>, into y: inout MutableSpan<Float>) {
    unsafe map(table.pointee.sigmoid, "sigmoid", x, into: &y)
  }

  /// Writes tanh(x) of every element to `y`, which has as many.
  package func tanh(_ x: Span<Float>, into y: inout MutableSpan<Float>) {
    unsafe map(table.pointee.tanh, "tanh", x, into: &y)
  }

  /// Replaces every element x with eˣ.
  package func formExp(_ y: inout MutableSpan<Float>) {
    unsafe formMap(table.pointee.exp, &y)
  }

  /// Replaces every element x with σ(x) = 1 / (1 + e⁻ˣ).
  package func formSigmoid(_ y: inout MutableSpan<Float>) {
    unsafe formMap(table.pointee.sigmoid, &y)
  }

  /// Replaces every element x with tanh(x).
  package func formTanh(_ y: inout MutableSpan<Float>) {
    unsafe formMap(table.pointee.tanh, &y)
  }

  // An empty span may have no address, so it is never handed to C.

  @unsafe
  private func map(
    _ kernel: rk_map, _ name: StaticString, _ x: Span<Float>, into y: inout MutableSpan<Float>
  ) {
    require(y.count == x.count, "\(name): \(y.count) results for \(x.count) arguments")
    guard !x.isEmpty else { return }
    unsafe x.withUnsafeBufferPointer { x in
      unsafe y.withUnsafeMutableBufferPointer { y in unsafe kernel(x.count, x.baseAddress!, y.baseAddress!) }
    }
  }

  @unsafe
  private func formMap(_ kernel: rk_map, _ y: inout MutableSpan<Float>) {
    guard !y.isEmpty else { return }
    unsafe y.withUnsafeMutableBufferPointer { y in
      unsafe kernel(y.count, UnsafePointer(y.baseAddress!), y.baseAddress!)
    }
  }
}
