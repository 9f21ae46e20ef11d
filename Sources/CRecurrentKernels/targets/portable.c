// No more than the compiler's baseline: 4 floats a vector.
#include "isa/target.h"
#include "recurrent_kernels.h"

#define RK_WIDTH 4
#define RK_TILE_ROWS 3
RK_BASELINE_BEGIN
#include "kernels/all.inc"
RK_BASELINE_END

extern const rk_kernels rk_kernels__portable;
const rk_kernels rk_kernels__portable = RK_TABLE("portable");
