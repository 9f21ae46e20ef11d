// What one core of this machine can do at most: multiply-adds and reads in a loop that does nothing else.
#ifndef MACHINE_ROOF_H
#define MACHINE_ROOF_H

#include <stddef.h>

#if !defined(__clang__)
#define _Nonnull
#define _Nullable
#endif

/// The two loops of one instruction set.
typedef struct machine_roof_probe {
  /// "portable", "neon", "avx2" or "avx512".
  const char *_Nonnull name;
  /// Runs `turns` turns of independent multiply-adds in registers, and returns the floating-point operations that were
  /// done. A multiply-add counts as two, whether it is one instruction or, where the machine has no fused one, two.
  double (*_Nonnull multiply_add)(size_t turns);
  /// Reads `count` floats at `values`, a multiple of 512, `times` times over, and returns a mix of their bits.
  /// No alignment is needed; the lines of a cache are used best with 64 bytes.
  unsigned (*_Nonnull read)(size_t count, const float *_Nonnull values, size_t times);
} machine_roof_probe;

/// The loops of the best instruction set that this machine runs.
const machine_roof_probe *_Nonnull machine_roof_best(void);

/// `size` bytes to read, a multiple of 2 MiB, all of them written once, in huge pages where the system gives them: with
/// small ones, walks of the page table hide what a large cache can do. Give them back with free. Null without memory.
float *_Nullable machine_roof_memory(size_t size);

#endif
