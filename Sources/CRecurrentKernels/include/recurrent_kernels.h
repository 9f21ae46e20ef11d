// The C kernels of Recurrent: one text a kernel, one table an instruction set.
//
// No kernel allocates, keeps a global, locks or prints. Every kernel of one name computes the same function with the
// same arithmetic in the same order on every instruction set, from operations that IEEE 754 defines exactly (fused
// multiply-add, add, multiply, divide, compare, integer shift), so that its results are the same bits everywhere.
//
// "The same bits" has one exception, which IEEE 754 makes: the sign and the payload of a NaN. Rounding to nearest is
// assumed. Denormals are handled in full, unless the caller has set the processor to flush them to zero.
//
// Sizes come first, then what is read, then what is written. A stride is the distance in floats between two rows.
#ifndef RECURRENT_KERNELS_H
#define RECURRENT_KERNELS_H

#include <stddef.h>

#if defined(__clang__)
#define RK_SWIFT_NAME(name) __attribute__((swift_name(name)))
#define RK_CLOSED_ENUM __attribute__((enum_extensibility(closed)))
#else
#define RK_SWIFT_NAME(name)
#define RK_CLOSED_ENUM
#define _Nonnull
#define _Nullable
#endif

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

/// Writes f(x[i]) to y[i] for every i < n, any number. `y` may be `x`; otherwise the two must not overlap. No alignment is needed.
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

/// The kernels of one instruction set, and the sizes that its callers must know.
typedef struct rk_kernels {
  /// "portable", "neon", "avx2" or "avx512".
  const char *_Nonnull name;
  /// Floats in one vector register, V.
  size_t width;
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
} rk_kernels;

/// The kernels for `isa`, or null where this machine cannot run them. The table lives as long as the program.
const rk_kernels *_Nullable rk_kernels_for(rk_isa isa);

/// The fastest instruction set of this machine. The environment variable RECURRENT_ISA (portable, neon, avx2, avx512)
/// caps it; a name that is unknown, or that this machine cannot run, caps nothing.
rk_isa rk_best_isa(void);

#ifdef __cplusplus
}
#endif
#endif
