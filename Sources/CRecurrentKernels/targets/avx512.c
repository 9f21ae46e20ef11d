// AVX-512: 16 floats a vector.
#include "isa/target.h"
#include "recurrent_kernels.h"

#if defined(__x86_64__)
#define RK_WIDTH 16
#define RK_TILE_ROWS 6
RK_TARGET_BEGIN("avx512f,avx512vl,avx512bw,avx512dq,fma")
#include "kernels/all.inc"
RK_TARGET_END

extern const rk_kernels rk_kernels__avx512;
const rk_kernels rk_kernels__avx512 = RK_TABLE("avx512");
#endif
