// No more than the compiler's baseline: 4 floats a vector.
#include "isa/target.h"
#include "recurrent_kernels.h"

#define RK_WIDTH 4
RK_BASELINE_BEGIN
#include "isa/vector.h"
#include "kernels/lstm_pointwise.inc"
RK_BASELINE_END

extern const rk_kernels rk_kernels__portable;
const rk_kernels rk_kernels__portable = {
    .name = "portable",
    .width = RK_WIDTH,
    .exp = rk_exp_map,
    .sigmoid = rk_sigmoid_map,
    .tanh = rk_tanh_map,
    .lstm_pointwise = rk_lstm_pointwise_pass,
};
