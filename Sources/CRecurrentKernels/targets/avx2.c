// AVX2 and FMA: 8 floats a vector.
#include "isa/target.h"
#include "recurrent_kernels.h"

#if defined(__x86_64__)
#define RK_WIDTH 8
#define RK_TILE_ROWS 3
RK_TARGET_BEGIN("avx2,fma")
#include "kernels/all.inc"
RK_TARGET_END

extern const rk_kernels rk_kernels__avx2;
const rk_kernels rk_kernels__avx2 = RK_TABLE("avx2");
#endif
