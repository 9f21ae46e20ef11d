// AVX-512: 16 floats a vector.
#include "isa/target.h"
#include "recurrent_kernels.h"

#if defined(__x86_64__)
#define RK_WIDTH 16
#define RK_TILE_ROWS 6
RK_TARGET_BEGIN("avx512f,avx512vl,avx512bw,avx512dq,fma")
#include "isa/vector.h"
#include "kernels/lstm_pointwise.inc"
#include "kernels/gru_step.inc"
#include "kernels/lstm_step.inc"
#include "kernels/project.inc"
#include "kernels/rnn_step.inc"
RK_TARGET_END

extern const rk_kernels rk_kernels__avx512;
const rk_kernels rk_kernels__avx512 = {
    .name = "avx512",
    .width = RK_WIDTH,
    .tile_rows = RK_TILE_ROWS,
    .exp = rk_exp_map,
    .sigmoid = rk_sigmoid_map,
    .tanh = rk_tanh_map,
    .lstm_pointwise = rk_lstm_pointwise_pass,
    .project = rk_project_pass,
    .lstm_step = rk_lstm_step_pass,
    .gru_step = rk_gru_step_pass,
    .gru_reset_gates = rk_gru_reset_gates_pass,
    .gru_candidate = rk_gru_candidate_pass,
    .rnn_step = rk_rnn_step_pass,
};
#endif
