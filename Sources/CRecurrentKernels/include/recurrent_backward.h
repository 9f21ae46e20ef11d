// The steps of recurrent_kernels.h walked back: from the gradients of what a step gave to those of its pre-activations.
//
// A step back begins with the gradient of its units, which is up to three sums, added in this order and clipped to
// [-limit, limit]:
//
//     dh = v·W + carried + given
//
// v are the gradients of the pre-activations of the step walked before, which is the next one in time, and W the
// recurrent weights transposed: packed with one gate, K rows and H columns. `carried` is what came back past those
// weights, and `given` what a loss says of this step's own output. The product is one chain of fmas from +0 over v in
// ascending order; every sum and product below is rounded on its own unless the text says fma. So the bits of a row
// depend on that row and the weights alone, as in the steps.
//
// From the values of its gates, which the step recorded, come the gradients of their pre-activations, in the same place
// or in another one. Their products with all x and h of a block, which give the gradients of the weights, are sums over
// rows: rk_add_product.
//
// Rows, panels and strides are as in the steps: every kernel reads and writes the units of its panels alone, but all
// of v, so that all panels of a step come before the first one of the next.
#ifndef RECURRENT_BACKWARD_H
#define RECURRENT_BACKWARD_H

#include "recurrent_base.h"

/// The three sums of dh, any of which may be missing, and how far from 0 their total may be.
typedef struct rk_gradient_sum {
  /// K: what v has, or 0 where there is no product.
  size_t count;
  /// [panel][K][1][V].
  const float *_Nullable weights;
  /// [rows, K].
  const float *_Nullable v;
  size_t v_stride;
  /// [rows, H], or null.
  const float *_Nullable carried;
  size_t carried_stride;
  /// [rows, H], or null.
  const float *_Nullable given;
  size_t given_stride;
  /// Above 0; infinity where there is no limit, which changes no bit. NaN stays NaN.
  float limit;
} rk_gradient_sum;

/// One step of an LSTM, walked back:
///
///     do = (dh·tanh(C'))·(o·(1 - o))    dC' = ((dC' + given) + (dh·o)·(1 - tanh²(C'))) + p_o·do
///     di = (dC'·g)·(i·(1 - i))          df  = (dC'·C)·(f·(1 - f))       dg = (dC'·i)·(1 - g²)
///     dC = (dC'·f + p_i·di) + p_f·df
///
/// 1 - t² is one fma, and so is what adds a product to a sum; dC'·f is rounded. With a projection dh is that of the units:
/// v the gradient of h, and W the projection transposed.
typedef struct rk_lstm_step_back {
  size_t rows;
  /// Hidden units H, at least 1.
  size_t hidden;
  size_t panel_begin, panel_end;
  /// dh. v may not overlap the gradients of this step.
  rk_gradient_sum dh;
  /// [panel][3][V], p_i p_f p_o, or null.
  const float *_Nullable peephole;
  /// [rows, H]: C before the step, and C' after it.
  const float *_Nonnull c_previous;
  size_t c_previous_stride;
  const float *_Nonnull c;
  size_t c_stride;
  /// [rows, H]: what a loss says of C', or null.
  const float *_Nullable c_given;
  size_t c_given_stride;
  /// [rows, H]: dC' on entry, dC on return.
  float *_Nonnull dc;
  size_t dc_stride;
  /// [rows, 4·H]: the values of i f g o.
  const float *_Nonnull gates;
  size_t gates_stride;
  /// [rows, 4·H]: the gradients of their pre-activations. May be gates, with the same stride.
  float *_Nonnull gradients;
  size_t gradients_stride;
  /// [rows, H]: o·tanh(C') once more, as the step gave it; or null.
  float *_Nullable units;
  size_t units_stride;
} rk_lstm_step_back;

/// One step of a GRU that applies the reset gate after the recurrent product, walked back:
///
///     dn = (dh·(1 - z))·(1 - n²)     dz = (dh·(h - n))·(z·(1 - z))     carry = dh·z        1 - n² is one fma
///     dm = dn·r                      dr = (dn·m)·(r·(1 - r))
typedef struct rk_gru_step_back {
  size_t rows;
  size_t hidden;
  size_t panel_begin, panel_end;
  /// dh: the product is that of dr dz dm, K = 3·H.
  rk_gradient_sum dh;
  /// [rows, H]: h before the step.
  const float *_Nonnull h_previous;
  size_t h_previous_stride;
  /// [rows, H]: what dh carries to the step before. May be dh.carried, with the same stride.
  float *_Nonnull carry;
  size_t carry_stride;
  /// [rows, 4·H]: the values of r z n m.
  const float *_Nonnull gates;
  size_t gates_stride;
  /// [rows, 4·H]: dr dz dm dn, so that what h was multiplied with has its gradients side by side. May be gates, with the
  /// same stride.
  float *_Nonnull gradients;
  size_t gradients_stride;
} rk_gru_step_back;

/// The first half of a step back of a GRU that applies the reset gate before the recurrent product:
///
///     dn = (dh·(1 - z))·(1 - n²)     dz = (dh·(h - n))·(z·(1 - z))     carry = dh·z
///
/// All panels of it come before the first panel of `gru_reset_gates_back`, which walks all of dn.
typedef struct rk_gru_candidate_back {
  size_t rows;
  size_t hidden;
  size_t panel_begin, panel_end;
  /// dh: the product is that of dr dz, K = 2·H.
  rk_gradient_sum dh;
  const float *_Nonnull h_previous;
  size_t h_previous_stride;
  /// As in rk_gru_step_back.
  float *_Nonnull carry;
  size_t carry_stride;
  /// [rows, 3·H]: the values of r z n.
  const float *_Nonnull gates;
  size_t gates_stride;
  /// [rows, 3·H]: its first H columns are left alone, and then come dz dn. May be gates, with the same stride.
  float *_Nonnull gradients;
  size_t gradients_stride;
} rk_gru_candidate_back;

/// The second half, with s = r·h:
///
///     ds = dn·U_nᵀ                   dr = (ds·h)·(r·(1 - r))           carry = carry + ds·r     in one fma
typedef struct rk_gru_reset_gates_back {
  size_t rows;
  size_t hidden;
  size_t panel_begin, panel_end;
  /// ds: the product is that of dn, K = H; nothing else is added. v may be dn where `gradients` has it.
  rk_gradient_sum ds;
  const float *_Nonnull h_previous;
  size_t h_previous_stride;
  /// [rows, H]: from `gru_candidate_back`, replaced.
  float *_Nonnull carry;
  size_t carry_stride;
  /// [rows, H]: the values of r.
  const float *_Nonnull gates;
  size_t gates_stride;
  /// [rows, H]: dr. May be gates, with the same stride.
  float *_Nonnull gradients;
  size_t gradients_stride;
  /// [rows, H]: s once more, or null.
  float *_Nullable reset_h;
  size_t reset_h_stride;
} rk_gru_reset_gates_back;

/// One step of a plain recurrent network, walked back: dz = dh·(1 - h²) for tanh, h > 0 ? dh : +0 for ReLU.
///
/// 1 - h² is one fma. With the identity dz is dh itself, and no h is read: the gradient of an LSTM's projection, for one.
typedef struct rk_rnn_step_back {
  size_t rows;
  size_t hidden;
  size_t panel_begin, panel_end;
  rk_activation activation;
  rk_gradient_sum dh;
  /// [rows, H]: h after the step. Null with the identity.
  const float *_Nullable h;
  size_t h_stride;
  /// [rows, H]. May be h, dh.carried or dh.given, with the same stride.
  float *_Nonnull dz;
  size_t dz_stride;
} rk_rnn_step_back;

/// y += x·W or y = x·W, where each number is one chain of fmas in ascending order, from what stands in y or from +0.
typedef struct rk_add_product {
  size_t rows;
  /// Columns of W and y, at least 1.
  size_t hidden;
  size_t panel_begin, panel_end;
  /// K: columns of x, and rows of W.
  size_t inputs;
  /// [panel][K][1][V].
  const float *_Nonnull weights;
  /// [rows, K].
  const float *_Nullable x;
  size_t x_stride;
  /// [rows, hidden], overlaps nothing else.
  float *_Nonnull y;
  size_t y_stride;
  /// Whether what stands in y counts; else it is not read.
  bool adds;
} rk_add_product;

#endif
