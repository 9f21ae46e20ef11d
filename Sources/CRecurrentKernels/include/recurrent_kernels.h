// The C kernels of Recurrent: one text a kernel, one table an instruction set.
//
// No kernel allocates, keeps a global, locks or prints. Every kernel of one name computes the same function with the
// same arithmetic in the same order on every instruction set, from operations that IEEE 754 defines exactly (fused
// multiply-add, add, multiply, divide, compare, integer shift), so that its results are the same bits everywhere.
//
// "The same bits" has one exception, which IEEE 754 makes: the sign and the payload of a NaN. Rounding to nearest is
// assumed. Denormals are handled in full, unless the caller has set the processor to flush them to zero.
//
// Sizes come first, then what is read, then what is written. A stride is the distance in floats between two rows. The
// steps back stand in recurrent_backward.h.
#ifndef RECURRENT_KERNELS_H
#define RECURRENT_KERNELS_H

#include "recurrent_backward.h"
#include "recurrent_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The instruction sets that the kernels are built for, each one faster than those before it on a machine that has it.
typedef enum RK_CLOSED_ENUM RK_SWIFT_NAME("KernelISA") {
  RK_ISA_PORTABLE RK_SWIFT_NAME("portable") = 0,
  RK_ISA_NEON RK_SWIFT_NAME("neon") = 1,
  RK_ISA_AVX2 RK_SWIFT_NAME("avx2") = 2,
  RK_ISA_AVX512 RK_SWIFT_NAME("avx512") = 3,
} rk_isa;

/// Writes f(x[i]) to y[i] for every i < n, any number. `y` may be `x`; otherwise the two must not overlap. No alignment
/// is needed.
typedef void rk_map(size_t n, const float *_Nonnull x, float *_Nonnull y);

/// The part of an LSTM step that follows the matrix product, in place: bias, gates, cell state, hidden state.
///
/// For every row r < rows and unit j < hidden, with z_q = z[r·z_stride + q·hidden + j] + bias[q·hidden + j]:
///
///     i = σ(z_i + p_i·C)   f = σ(z_f + p_f·C)   g = tanh(z_g)   C' = f·C + i·g
///     o = σ(z_o + p_o·C')  h' = o·tanh(C')
///
/// z_q is rounded; p·C joins it in one fused multiply-add; i·g is rounded, and joins f·C in another. σ and tanh are
/// those of the maps.
typedef struct rk_lstm_pointwise {
  /// Rows of the batch, any number.
  size_t rows;
  /// Hidden units H, any number.
  size_t hidden;
  /// [rows, 4·H], gate blocks in the order i f g o: the products of the step, without the bias. Read only.
  const float *_Nonnull z;
  /// At least 4·H.
  size_t z_stride;
  /// [4·H], gate blocks i f g o.
  const float *_Nonnull bias;
  /// [3·H], blocks p_i p_f p_o, or null for a cell without peephole connections.
  const float *_Nullable peephole;
  /// [rows, H]: C on entry, C' on return.
  float *_Nonnull c;
  /// At least H.
  size_t c_stride;
  /// [rows, H]: h' on return, never read. Overlaps nothing else.
  float *_Nonnull h;
  /// At least H.
  size_t h_stride;
} rk_lstm_pointwise;

// MARK: - Steps on packed weights
//
// The packed form. V = width; panel p holds the units p·V ..< p·V + V with all their gates. K = inputs + recurrent rows,
// in the order of the chain: the I inputs, then the recurrent ones.
//
//     weights  [panel][K][G][V]          one panel:   k = 0     i i i i  f f f f  g g g g  o o o o   (V = 4, G = 4)
//     bias     [panel][G][V]                          k = 1     i i i i  f f f f  g g g g  o o o o
//     peephole [panel][3][V]                          ...
//                                                     k = K-1   i i i i  f f f f  g g g g  o o o o
//     z        [panel][row][G][V]        the chains on their way from `project` to a step
//
// The last panel holds the u <= V units that are left. It is narrow if their G·u floats fill fewer than G vectors: then
// the gates stand one right after the other, and zeros fill up v = ⌈G·u / V⌉ vectors, all that a row of the panel has.
// If not, zeros fill up every gate. G is that of the pack: 3 for a peephole, 1 for a recurrent bias. In z the v vectors
// of a row stand where its G vectors would begin, so that rows and panels are as far apart as ever.
//
//     V = 4, G = 4     u = 1:  i f g o     u = 2:  i i f f  g g o o     u = 3:  i i i f  f f g g  g o o o
//
// weights and z are fastest where they start on 64 bytes; nothing needs more than the alignment of a float. A `panel
// stride` is the distance in floats between two panels. A step works on the panels panel_begin ..< panel_end and writes
// the units of these alone, so that threads may share a step by panels; a pointer is always that of panel 0, unit 0,
// row 0. Units beyond H are neither read nor written outside the packed form and z.
//
// The contract on bits. Every pre-activation is one chain of fused multiply-adds, acc = fma(x_k, w_k, acc): from the
// bias (+0 where there is none) over the inputs in ascending order, then over the recurrent inputs in ascending order.
// A chain may stop in z and go on from there: nothing is rounded on the way. So the bits of a row depend on that row
// and the weights alone: not on the number of rows, their order, the range of panels, or the instruction set.
//
// rows, inputs and recurrent may be 0, a range may be empty; a pointer to what is then empty may be null.

/// z = bias + x·W over the first rows of packed weights: the input product of a block of steps, as the steps read it.
typedef struct rk_project {
  /// Rows of x, any number: all rows of all steps of a block.
  size_t rows;
  /// G: 1 (RNN, candidate of a GRU with reset before), 2 (its r and z), 3 (GRU with reset after) or 4 (LSTM).
  size_t gates;
  /// H, at least 1: what it leaves for the last panel says whether that is narrow.
  size_t hidden;
  size_t panel_begin, panel_end;
  /// I, the rows of the weights to walk, from the first on.
  size_t inputs;
  /// K, all the rows that a panel of the weights has; at least I.
  size_t weight_rows;
  /// [panel][K][G][V].
  const float *_Nonnull weights;
  /// [panel][G][V], or null to start at +0.
  const float *_Nullable bias;
  /// [rows, I].
  const float *_Nullable x;
  /// At least I.
  size_t x_stride;
  /// [panel][row][G][V].
  float *_Nonnull z;
  /// At least rows·G·V. A step that wants the rows from r on takes z + r·G·V and the same stride.
  size_t z_panel_stride;
} rk_project;

/// One step of an LSTM: the products and everything that rk_lstm_pointwise does, with its arithmetic.
///
///     z_q = bias_q + x·W_q + h·U_q                                         one chain of fmas
///     i = σ(z_i + p_i·C)   f = σ(z_f + p_f·C)   g = tanh(z_g)   C' = f·C + i·g
///     o = σ(z_o + p_o·C')  h' = o·tanh(C')
typedef struct rk_lstm_step {
  size_t rows;
  /// Hidden units H, at least 1.
  size_t hidden;
  size_t panel_begin, panel_end;
  /// I, and R: H, or the width of the projection. K = I + R.
  size_t inputs, recurrent;
  /// [panel][K][4][V], gates i f g o.
  const float *_Nonnull weights;
  /// [panel][4][V], or null for none. Not read where z is given.
  const float *_Nullable bias;
  /// [panel][3][V], p_i p_f p_o, or null.
  const float *_Nullable peephole;
  /// [panel][row][4][V] from `project`: the chains so far, over the bias and all inputs. Null to walk x here.
  const float *_Nullable z;
  size_t z_panel_stride;
  /// [rows, I]. Not read where z is given.
  const float *_Nullable x;
  size_t x_stride;
  /// [rows, R]: h of the step before.
  const float *_Nullable h_previous;
  size_t h_previous_stride;
  /// [rows, H]: C of the step before.
  const float *_Nonnull c_previous;
  size_t c_previous_stride;
  /// [rows, H]: C'. May be c_previous, with the same stride; overlaps nothing else.
  float *_Nonnull c;
  size_t c_stride;
  /// [rows, H]: h', overlaps nothing that is read.
  float *_Nonnull h;
  size_t h_stride;
  /// [rows, 4·H]: the values of i f g o, in blocks of H, or null.
  float *_Nullable gates;
  size_t gates_stride;
} rk_lstm_step;

/// One step of a GRU that applies the reset gate after the recurrent product.
///
///     r = σ(bias_r + x·W_r + h·U_r)    m = recurrent_bias + h·U_n
///     z = σ(bias_z + x·W_z + h·U_z)    n = tanh(m·r + (bias_n + x·W_n))    h' = z·h + (1 - z)·n
///
/// The four sums are chains: r and z over x and on over h, the two of n apart. m·r joins the sum over x in one fma.
/// 1 - z and its product with n are rounded; z·h joins in one fma, so that z = 1 keeps h to the bit and z = 0 gives n.
typedef struct rk_gru_step {
  size_t rows;
  /// H, at least 1, which is also the number of recurrent inputs. K = I + H.
  size_t hidden;
  size_t panel_begin, panel_end;
  size_t inputs;
  /// [panel][K][3][V], gates r z n.
  const float *_Nonnull weights;
  /// [panel][3][V], or null for none. Not read where z is given.
  const float *_Nullable bias;
  /// [panel][V]: the bias of m, or null for none.
  const float *_Nullable recurrent_bias;
  /// [panel][row][3][V] from `project`, or null to walk x here.
  const float *_Nullable z;
  size_t z_panel_stride;
  /// [rows, I]. Not read where z is given.
  const float *_Nullable x;
  size_t x_stride;
  /// [rows, H].
  const float *_Nonnull h_previous;
  size_t h_previous_stride;
  /// [rows, H]: h', overlaps nothing that is read.
  float *_Nonnull h;
  size_t h_stride;
  /// [rows, 4·H]: the values of r z n m, in blocks of H, or null.
  float *_Nullable gates;
  size_t gates_stride;
} rk_gru_step;

/// The first half of a GRU step that applies the reset gate before the recurrent product:
///
///     r = σ(bias_r + x·W_r + h·U_r)    z = σ(bias_z + x·W_z + h·U_z)    s = r·h
///
/// All panels of it come before the first panel of `gru_candidate`, which walks all of s.
typedef struct rk_gru_reset_gates {
  size_t rows;
  size_t hidden;
  size_t panel_begin, panel_end;
  size_t inputs;
  /// [panel][K][2][V], gates r z: a pack of their own, beside that of n.
  const float *_Nonnull weights;
  /// [panel][2][V], or null for none. Not read where z is given.
  const float *_Nullable bias;
  /// [panel][row][2][V] from `project`, or null to walk x here.
  const float *_Nullable z;
  size_t z_panel_stride;
  const float *_Nullable x;
  size_t x_stride;
  const float *_Nonnull h_previous;
  size_t h_previous_stride;
  /// [rows, H]: s.
  float *_Nonnull reset_h;
  size_t reset_h_stride;
  /// [rows, H]: the value of z.
  float *_Nonnull update;
  size_t update_stride;
  /// [rows, 3·H]: the values of r z n, in blocks of H, or null. This half writes r and z.
  float *_Nullable gates;
  size_t gates_stride;
} rk_gru_reset_gates;

/// The second half: n = tanh(bias_n + x·W_n + s·U_n), h' = z·h + (1 - z)·n in the order of rk_gru_step.
typedef struct rk_gru_candidate {
  size_t rows;
  size_t hidden;
  size_t panel_begin, panel_end;
  size_t inputs;
  /// [panel][K][1][V], the weights of n.
  const float *_Nonnull weights;
  /// [panel][1][V], or null for none. Not read where z is given.
  const float *_Nullable bias;
  /// [panel][row][1][V] from `project`, or null to walk x here.
  const float *_Nullable z;
  size_t z_panel_stride;
  const float *_Nullable x;
  size_t x_stride;
  /// [rows, H]: s, from every panel of `gru_reset_gates`.
  const float *_Nonnull reset_h;
  size_t reset_h_stride;
  /// [rows, H]: z, read for the units of these panels alone.
  const float *_Nonnull update;
  size_t update_stride;
  /// [rows, H], read for the units of these panels alone.
  const float *_Nonnull h_previous;
  size_t h_previous_stride;
  /// [rows, H]: h'. May be h_previous, with the same stride, since the product walks s; overlaps nothing else.
  float *_Nonnull h;
  size_t h_stride;
  /// As in rk_gru_reset_gates. This half writes n.
  float *_Nullable gates;
  size_t gates_stride;
} rk_gru_candidate;

/// One step of a plain recurrent network: h' = activation(bias + x·W + h·U), one chain of fmas.
///
/// With the identity, no recurrent rows and no bias it is the product x·W: the projection of an LSTM, for one.
typedef struct rk_rnn_step {
  size_t rows;
  /// Columns of the result, at least 1.
  size_t hidden;
  size_t panel_begin, panel_end;
  /// I and R, K = I + R.
  size_t inputs, recurrent;
  rk_activation activation;
  /// [panel][K][1][V].
  const float *_Nonnull weights;
  /// [panel][1][V], or null for none. Not read where z is given.
  const float *_Nullable bias;
  /// [panel][row][1][V] from `project`, or null to walk x here.
  const float *_Nullable z;
  size_t z_panel_stride;
  /// [rows, I]. Not read where z is given.
  const float *_Nullable x;
  size_t x_stride;
  /// [rows, R].
  const float *_Nullable h_previous;
  size_t h_previous_stride;
  /// [rows, H]: h', overlaps nothing that is read.
  float *_Nonnull h;
  size_t h_stride;
} rk_rnn_step;

/// The kernels of one instruction set, and the sizes that its callers must know.
typedef struct rk_kernels {
  /// "portable", "neon", "avx2" or "avx512".
  const char *_Nonnull name;
  /// Floats in one vector register, V.
  size_t width;
  /// The rows of an LSTM's step that share one read of its weights. A step of more rows reads each panel once from
  /// where it is, and ⌈rows / tile_rows⌉ - 1 times more from the nearest cache that holds a panel.
  size_t tile_rows;

  // The three maps take every float. A NaN gives a NaN. One ulp is the distance between floats at the exact result,
  // 2⁻¹⁴⁹ if that is denormal; the errors were measured at all 2³² floats.

  /// eˣ. Range reduction by ln(2), polynomial of degree 6.
  ///
  /// At most 1.05 ulp off (worst 1.0305 at -0x1.1bfedcp+6), denormal results included. exp(±0) = 1. From x = -104 down
  /// to -∞ exp(x) = +0, and from x = 88.73 up to +∞, where eˣ exceeds the largest float, it is +∞.
  rk_map *_Nonnull exp;
  /// σ(x) = 1 / (1 + e⁻ˣ), from e = exp(-|x|) as 1 / (1 + e) or e / (1 + e): range reduction by ln(2), polynomial of
  /// degree 6, one division.
  ///
  /// At most 2.5 ulp off (worst 2.4019 at -0x1.0a111ap+2), in the left tail down to the denormals as well.
  /// 0 <= σ <= 1, σ(±0) = ½, σ(+∞) = 1, σ(-∞) = +0.
  rk_map *_Nonnull sigmoid;
  /// tanh(x), from E = exp(2·|x|) - 1 as E / (E + 2): range reduction by ln(2), polynomial of degree 6, one division.
  ///
  /// At most 2.7 ulp off (worst 2.6420 at ±0x1.eb49eap-5). |tanh| <= 1, tanh(-x) = -tanh(x) to the bit, tanh(x) = x
  /// for denormals and ±0, tanh(±∞) = ±1.
  rk_map *_Nonnull tanh;
  /// The pointwise pass of an LSTM step.
  void (*_Nonnull lstm_pointwise)(const rk_lstm_pointwise *_Nonnull pass);

  /// The input product of a block of steps.
  void (*_Nonnull project)(const rk_project *_Nonnull product);
  // The steps. Nothing in their arguments is checked.
  void (*_Nonnull lstm_step)(const rk_lstm_step *_Nonnull step);
  void (*_Nonnull gru_step)(const rk_gru_step *_Nonnull step);
  void (*_Nonnull gru_reset_gates)(const rk_gru_reset_gates *_Nonnull step);
  void (*_Nonnull gru_candidate)(const rk_gru_candidate *_Nonnull step);
  void (*_Nonnull rnn_step)(const rk_rnn_step *_Nonnull step);
  // The steps back.
  void (*_Nonnull lstm_step_back)(const rk_lstm_step_back *_Nonnull step);
  void (*_Nonnull gru_step_back)(const rk_gru_step_back *_Nonnull step);
  void (*_Nonnull gru_candidate_back)(const rk_gru_candidate_back *_Nonnull step);
  void (*_Nonnull gru_reset_gates_back)(const rk_gru_reset_gates_back *_Nonnull step);
  void (*_Nonnull rnn_step_back)(const rk_rnn_step_back *_Nonnull step);
  /// A product that is added to what stands there, or takes its place.
  void (*_Nonnull add_product)(const rk_add_product *_Nonnull product);
} rk_kernels;

/// The kernels for `isa`, or null where this machine cannot run them. The table lives as long as the program.
const rk_kernels *_Nullable rk_kernels_for(rk_isa isa);

/// The fastest instruction set of this machine. The environment variable RECURRENT_ISA (portable, neon, avx2, avx512)
/// caps it; a name that is unknown, or that this machine cannot run, caps nothing.
rk_isa rk_best_isa(void);

/// Makes this thread's processor treat denormal operands and results of vector arithmetic as zero, and returns what
/// rk_flush_denormals_end needs to undo it. Does nothing where there is no such switch. State decays through the
/// denormals when inputs fall silent, and some processors take a hundred times as long there.
uint64_t rk_flush_denormals_begin(void);
/// Puts this thread's processor back as it was before the rk_flush_denormals_begin that returned `before`.
void rk_flush_denormals_end(uint64_t before);

/// Tells the processor that this thread looks at a number again and again until another thread changes it.
static inline void rk_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#ifdef __cplusplus
}
#endif
#endif
