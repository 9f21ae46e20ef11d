// AVX-512: 16 floats a vector.
#include "isa/target.h"
#include "recurrent_kernels.h"

#if defined(__x86_64__)
#define RK_WIDTH 16
RK_TARGET_BEGIN("avx512f,avx512vl,avx512bw,avx512dq,fma")
#include "isa/vector.h"
#include "kernels/lstm_pointwise.inc"
RK_TARGET_END

extern const rk_kernels rk_kernels__avx512;
const rk_kernels rk_kernels__avx512 = {
    .name = "avx512",
    .width = RK_WIDTH,
    .exp = rk_exp_map,
    .sigmoid = rk_sigmoid_map,
    .tanh = rk_tanh_map,
    .lstm_pointwise = rk_lstm_pointwise_pass,
};
#endif
