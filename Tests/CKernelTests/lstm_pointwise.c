// The pointwise pass of an LSTM step: against its definition in double, at every size and stride, and bit by bit
// between instruction sets.
#include "check.h"

static const double u = 0x1p-24;  // Half the distance between 1 and the next float.

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }

/// The operands of one pass, between guards. Strides are larger than they must be, and odd.
typedef struct {
  size_t rows, hidden, z_stride, c_stride, h_stride;
  buffer z, bias, peephole, c, h;
} operands;

static operands operands_make(size_t rows, size_t hidden, size_t extra) {
  operands o = {.rows = rows, .hidden = hidden};
  o.z_stride = 4 * hidden + extra, o.c_stride = hidden + 2 * extra, o.h_stride = hidden + 3 * extra;
  o.z = buffer_make(rows * o.z_stride), o.bias = buffer_make(4 * hidden), o.peephole = buffer_make(3 * hidden);
  o.c = buffer_make(rows * o.c_stride), o.h = buffer_make(rows * o.h_stride);
  uint32_t seed = 7;
  for (size_t i = 0; i < o.z.count; ++i) o.z.data[i] = 6 * next_uniform(&seed);
  for (size_t i = 0; i < o.bias.count; ++i) o.bias.data[i] = next_uniform(&seed);
  for (size_t i = 0; i < o.peephole.count; ++i) o.peephole.data[i] = next_uniform(&seed);
  for (size_t i = 0; i < o.c.count; ++i) o.c.data[i] = 3 * next_uniform(&seed);
  for (size_t i = 0; i < o.h.count; ++i) o.h.data[i] = NAN;
  return o;
}

static void operands_free(operands o) {
  buffer_free(o.z, "z");
  buffer_free(o.bias, "bias");
  buffer_free(o.peephole, "peephole");
  buffer_free(o.c, "c");
  buffer_free(o.h, "h");
}

static void run(const rk_kernels *kernels, operands o, bool has_peepholes) {
  kernels->lstm_pointwise(&(rk_lstm_pointwise){.rows = o.rows,
                                               .hidden = o.hidden,
                                               .z = o.z.data,
                                               .z_stride = o.z_stride,
                                               .bias = o.bias.data,
                                               .peephole = has_peepholes ? o.peephole.data : NULL,
                                               .c = o.c.data,
                                               .c_stride = o.c_stride,
                                               .h = o.h.data,
                                               .h_stride = o.h_stride});
}

/// Checks unit j of one row, whose cell state was `c` before, against the definition.
///
/// The bounds follow the error through the step. z + b has one rounding and a peephole's fma another, so a complete
/// pre-activation is off by u·(|z + b| + |z|). That shifts σ by as much of itself at most, and tanh by as much. σ adds
/// 2.5 ulp, no more than 5u of its value, and tanh 2.7 ulp, no more than 6u. Products and the fma add u each. Whatever is
/// of second order in u is covered by the factor 1.01.
static void check_unit(const rk_kernels *kernels, operands o, size_t row, size_t j, float before, bool has_peepholes) {
  double z[4], size[4], c = before, p[3] = {0};
  for (int q = 0; q < 3 && has_peepholes; ++q) p[q] = o.peephole.data[(size_t)q * o.hidden + j];
  for (size_t q = 0; q < 4; ++q) {
    z[q] = (double)o.z.data[row * o.z_stride + q * o.hidden + j] + o.bias.data[q * o.hidden + j];
    size[q] = fabs(z[q]);
  }
  z[0] += p[0] * c, z[1] += p[1] * c;
  double i = sigmoid(z[0]), f = sigmoid(z[1]), g = tanh(z[2]), next_c = f * c + i * g;
  z[3] += p[2] * next_c;
  double out = sigmoid(z[3]), t = tanh(next_c);
  for (int q = 0; q < 4; ++q) size[q] += fabs(z[q]);

  double c_bound = fabs(f * c) * (5 + size[1]) + i * fabs(g) * (5 + size[0] + 6 + 1) + i * size[2] + fabs(next_c);
  double h_bound = out * (c_bound + fabs(t) * (fabs(p[2]) * c_bound + size[3] + 5 + 6 + 1));
  double c_error = fabs(o.c.data[row * o.c_stride + j] - next_c);
  double h_error = fabs(o.h.data[row * o.h_stride + j] - out * t);
  CHECK(c_error <= 1.01 * u * c_bound, "%s: c of unit %zu of %zu, row %zu, is off by %.2f u, bound %.2f", kernels->name,
        j, o.hidden, row, c_error / u, c_bound);
  CHECK(h_error <= 1.01 * u * h_bound, "%s: h of unit %zu of %zu, row %zu, is off by %.2f u, bound %.2f", kernels->name,
        j, o.hidden, row, h_error / u, h_bound);
}

static void check_size(const rk_kernels *kernels, size_t rows, size_t hidden, size_t extra, bool has_peepholes) {
  operands before = operands_make(rows, hidden, extra), o = operands_make(rows, hidden, extra);
  run(kernels, o, has_peepholes);
  for (size_t row = 0; row < rows; ++row) {
    for (size_t j = 0; j < hidden; ++j)
      check_unit(kernels, o, row, j, before.c.data[row * o.c_stride + j], has_peepholes);
    for (size_t j = hidden; j < o.c_stride; ++j)
      CHECK(same(o.c.data[row * o.c_stride + j], before.c.data[row * o.c_stride + j]), "c was written between rows");
    for (size_t j = hidden; j < o.h_stride; ++j)
      CHECK(o.h.data[row * o.h_stride + j] != o.h.data[row * o.h_stride + j], "h was written between rows");
  }
  CHECK(!memcmp(o.z.data, before.z.data, o.z.count * sizeof(float)), "z was written");
  operands_free(before);
  operands_free(o);
}

void check_lstm_pointwise(const rk_kernels *kernels) {
  size_t w = kernels->width, sizes[] = {0, 1, w - 1, w, w + 1, 2 * w + 1, 53};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; ++s)
    for (size_t rows = 0; rows <= 3; ++rows)
      for (size_t extra = 0; extra <= 3; extra += 3) {
        check_size(kernels, rows, sizes[s], extra, false);
        check_size(kernels, rows, sizes[s], extra, true);
      }
  printf("%s: lstm_pointwise against its definition, with and without peepholes\n", kernels->name);
}

/// The same bits from every instruction set, with infinities, NaNs and denormals among the operands.
void check_lstm_bits(void) {
  for (int has_peepholes = 0; has_peepholes <= 1; ++has_peepholes)
    for (int isa = 1; isa < ISA_COUNT; ++isa) {
      const rk_kernels *kernels = rk_kernels_for((rk_isa)isa);
      if (!kernels) continue;
      operands expected = operands_make(5, 107, 3), o = operands_make(5, 107, 3);
      const float specials[] = {INFINITY, -INFINITY, NAN, 0x1p-140f, -0.0f, 200, -200};
      for (size_t i = 0; i < 7; ++i) {
        expected.z.data[13 * i] = o.z.data[13 * i] = specials[i];
        expected.c.data[11 * i] = o.c.data[11 * i] = specials[i];
      }
      run(rk_kernels_for(RK_ISA_PORTABLE), expected, has_peepholes);
      run(kernels, o, has_peepholes);
      for (size_t i = 0; i < o.c.count; ++i)
        CHECK(same(o.c.data[i], expected.c.data[i]), "c: %s differs at %zu", kernels->name, i);
      for (size_t i = 0; i < o.h.count; ++i)
        CHECK(same(o.h.data[i], expected.h.data[i]), "h: %s differs at %zu", kernels->name, i);
      operands_free(expected);
      operands_free(o);
    }
  printf("lstm_pointwise: equal bits on every instruction set\n");
}
