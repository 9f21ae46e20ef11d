// The instruction set and the arithmetic of the functions between RK_TARGET_BEGIN(isa) and RK_TARGET_END.
//
// Both compilers take them from pragmas, so no build system needs a flag for one file, and nothing leaks out of the
// pair. Contraction is off: a·b + c is a product that is rounded and then a sum that is rounded, unless the text says
// fma. With contraction left to the compiler the bits would depend on which instruction set has fma, and on which
// products the optimiser happens to see beside a sum.
//
// Include no system header between the two; those that a kernel may need are included here. The BASELINE pair is for
// the instruction set that the compiler assumes anyway: neither compiler takes an empty name for it.
#ifndef RK_TARGET_H
#define RK_TARGET_H

#include <stddef.h>
#include <stdint.h>
#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#define RK_PRAGMA(text) _Pragma(#text)

#if defined(__clang__)
#define RK_TARGET_BEGIN(isa) RK_PRAGMA(clang attribute push(__attribute__((target(isa))), apply_to = function))
#define RK_TARGET_END RK_PRAGMA(clang attribute pop)
#define RK_BASELINE_BEGIN
#define RK_BASELINE_END
#pragma STDC FP_CONTRACT OFF  // Holds to the end of the file that includes this one.
#else
#define RK_TARGET_BEGIN(isa) RK_BASELINE_BEGIN RK_PRAGMA(GCC target(isa))
#define RK_TARGET_END RK_BASELINE_END
#define RK_BASELINE_BEGIN RK_PRAGMA(GCC push_options) RK_PRAGMA(GCC optimize("fp-contract=off"))
#define RK_BASELINE_END RK_PRAGMA(GCC pop_options)
#endif

/// A helper that must cost no call, not even at -O0, where the kernels would otherwise be slow to test.
#define RK_INLINE static inline __attribute__((always_inline))

#endif
