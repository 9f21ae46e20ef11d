// Matrices on their way into panels. The only arithmetic are sums of each lane in ascending order, which are the same in
// vectors of any width, so that one text serves every instruction set.
#ifndef RECURRENT_PACK_H
#define RECURRENT_PACK_H

#include "recurrent_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Some rows of one panel, whose picture stands in recurrent_kernels.h: from each row of the matrix `units` floats of
/// every gate.
typedef struct rk_panel_pack {
  size_t rows, gates, units;
  /// The first unit of gate 0 in the first row. Read only.
  const float *_Nonnull matrix;
  size_t stride;
  /// Floats from that to the first unit of each gate: `gates` of them.
  const size_t *_Nonnull gate_offsets;
  /// The first row of the panel that is written, and the floats from a gate, and from a row, to the next. What lies
  /// between the units is left as it was.
  float *_Nonnull packed;
  size_t gate_stride, row_stride;
} rk_panel_pack;

/// Packs rows of a panel.
///
/// Complexity: O(rows · gates · units).
void rk_pack_panel(const rk_panel_pack *_Nonnull pack);

/// Some rows of one panel of a transpose, which has one gate: from each of `units` rows of the matrix `columns` floats.
typedef struct rk_transposed_pack {
  /// At most `width`.
  size_t units;
  size_t columns;
  /// The first column of the first unit's row. Read only.
  const float *_Nonnull matrix;
  size_t stride;
  /// [columns][width]: the units of each column; what is behind them is left as it was.
  float *_Nonnull packed;
  size_t width;
} rk_transposed_pack;

/// Packs rows of a panel of a transpose.
///
/// Complexity: O(columns · units).
void rk_pack_transposed(const rk_transposed_pack *_Nonnull pack);

/// The rows of a panel that has one gate, to be summed up.
typedef struct rk_panel_sum {
  size_t rows;
  /// At most `width`.
  size_t units;
  /// 4, 8 or 16.
  size_t width;
  /// [rows][width]. Read only.
  const float *_Nonnull packed;
  /// [units]: to which the rows are added, one after the other.
  float *_Nonnull sums;
} rk_panel_sum;

/// Adds the rows of a panel to its units' sums.
///
/// Complexity: O(rows · width).
void rk_sum_panel(const rk_panel_sum *_Nonnull sum);

#ifdef __cplusplus
}
#endif
#endif
