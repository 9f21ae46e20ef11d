internal import CRecurrentKernels

/// An instruction set that the kernels are built for.
///
/// All of them compute the same bits; they differ in speed. The library takes ``best``. Tests and benchmarks go through
/// ``available``.
public enum InstructionSet: String, CaseIterable, Sendable {
  /// What the compiler assumes of every machine. Fused multiply-adds are calls into the C library where it assumes none.
  case portable
  /// NEON, on every 64-bit Arm.
  case neon
  /// AVX2 with FMA: x86 from 2013 on.
  case avx2
  /// AVX-512 with its F, VL, BW and DQ parts.
  case avx512

  /// The fastest that this machine runs, or a slower one that the environment variable `RECURRENT_ISA` names when the
  /// program first asks.
  public static let best = InstructionSet(rk_best_isa())

  /// Those that this machine runs, the slowest first.
  public static var available: [InstructionSet] { allCases.filter { $0.isAvailable } }

  /// Whether this machine runs it.
  public var isAvailable: Bool { unsafe rk_kernels_for(kernelISA) != nil }

  var kernelISA: KernelISA {
    switch self {
    case .portable: .portable
    case .neon: .neon
    case .avx2: .avx2
    case .avx512: .avx512
    }
  }

  private init(_ isa: KernelISA) {
    switch isa {
    case .portable: self = .portable
    case .neon: self = .neon
    case .avx2: self = .avx2
    case .avx512: self = .avx512
    }
  }
}

extension InstructionSet: CustomStringConvertible {
  /// The name that `RECURRENT_ISA` takes.
  public var description: String { rawValue }
}
