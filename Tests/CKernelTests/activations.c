// exp, sigmoid and tanh: sizes, aliasing, guards, special values, and a walk over the bit patterns of all floats, with
// the bounds that the header promises.
#include "check.h"

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }

typedef struct {
  const char *name;
  double (*exact)(double);
  double max_ulp;
  /// Of all results of the walk, in order, with 0x7fc00000 for every NaN. The same on every instruction set.
  uint64_t checksum;
} function;

// The bounds of recurrent_kernels.h.
static const function functions[3] = {
    {"exp", exp, 1.05, 0x3b6d28df3cf1ba67},
    {"sigmoid", sigmoid, 2.5, 0x500e9df388462c40},
    {"tanh", tanh, 2.7, 0xab6f5dcbefc69d3a},
};

static rk_map *map_of(const rk_kernels *kernels, int index) {
  return index == 0 ? kernels->exp : index == 1 ? kernels->sigmoid : kernels->tanh;
}

static void check_sizes(const rk_kernels *kernels, int index) {
  rk_map *map = map_of(kernels, index);
  size_t w = kernels->width, sizes[] = {0, 1, w - 1, w, w + 1, 2 * w + 1, 97};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; ++s) {
    size_t n = sizes[s];
    buffer x = buffer_make(n), y = buffer_make(n);
    uint32_t seed = 1;
    for (size_t i = 0; i < n; ++i) x.data[i] = 8 * next_uniform(&seed);
    map(n, x.data, y.data);
    for (size_t i = 0; i < n; ++i) {
      float alone;
      map(1, &x.data[i], &alone);
      CHECK(same(y.data[i], alone), "%s %s: element %zu of %zu differs from itself alone", kernels->name,
            functions[index].name, i, n);
      double error = ulps(y.data[i], functions[index].exact(x.data[i]));
      CHECK(error <= functions[index].max_ulp, "%s %s(%a) is off by %.2f ulp", kernels->name, functions[index].name,
            x.data[i], error);
    }
    map(n, x.data, x.data);
    CHECK(n == 0 || !memcmp(x.data, y.data, n * sizeof(float)), "%s %s differs in place, %zu elements", kernels->name,
          functions[index].name, n);
    buffer_free(x, functions[index].name);
    buffer_free(y, functions[index].name);
  }
}

/// Arguments whose results are known to the bit.
static void check_specials(const rk_kernels *kernels, int index) {
  const float tiny = 0x1p-149f;
  const struct {
    float x, y[3];
  } cases[] = {
      {0.0f, {1, 0.5f, 0.0f}},
      {-0.0f, {1, 0.5f, -0.0f}},
      {INFINITY, {INFINITY, 1, 1}},
      {-INFINITY, {0, 0, -1}},
      {NAN, {NAN, NAN, NAN}},
      {-NAN, {NAN, NAN, NAN}},
      {float_of(0x7f800001), {NAN, NAN, NAN}},
      {tiny, {1, 0.5f, tiny}},
      {-tiny, {1, 0.5f, -tiny}},
      {0x1.8p-127f, {1, 0.5f, 0x1.8p-127f}},
      {-0x1.fffffcp-127f, {1, 0.5f, -0x1.fffffcp-127f}},
      {0x1.fffffep127f, {INFINITY, 1, 1}},
      {-0x1.fffffep127f, {0, 0, -1}},
      {100, {INFINITY, 1, 1}},
      {-104, {0, 0, -1}},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    float y;
    map_of(kernels, index)(1, &cases[i].x, &y);
    CHECK(same(y, cases[i].y[index]), "%s %s(%a) is %a, not %a", kernels->name, functions[index].name, cases[i].x, y,
          cases[i].y[index]);
  }
}

void check_activations(const rk_kernels *kernels) {
  for (int index = 0; index < 3; ++index) {
    check_sizes(kernels, index);
    check_specials(kernels, index);
  }
  printf("%s: sizes, in place, guards and special values of exp, sigmoid, tanh\n", kernels->name);
}

/// Every `step`th bit pattern through every instruction set: equal bits, and the largest error of all.
static void walk(int index, uint64_t step) {
  enum { BLOCK = 4096 };
  static float x[BLOCK], y[BLOCK], other[BLOCK];
  const function f = functions[index];
  double worst = 0, sum = 0;
  float worst_x = 0, bound = index == 0 ? INFINITY : 1;
  uint64_t checksum = 14695981039346656037u, count = 0;
  for (uint64_t bits = 0; bits <= UINT32_MAX;) {
    size_t n = 0;
    for (; n < BLOCK && bits <= UINT32_MAX; bits += step) x[n++] = float_of((uint32_t)bits);
    map_of(rk_kernels_for(rk_best_isa()), index)(n, x, y);
    // The portable kernels call fmaf and are slow: for all floats they see one block in 61.
    for (int isa = step == 1 && count % (61 * BLOCK) ? 1 : 0; isa < ISA_COUNT; ++isa) {
      const rk_kernels *kernels = rk_kernels_for((rk_isa)isa);
      if (!kernels) continue;
      map_of(kernels, index)(n, x, other);
      for (size_t i = 0; i < n; ++i)
        CHECK(same(y[i], other[i]), "%s(%a) is %a, but %a on %s", f.name, x[i], y[i], other[i], kernels->name);
    }
    for (size_t i = 0; i < n; ++i) {
      double error = ulps(y[i], f.exact(x[i]));
      if (error > worst) worst = error, worst_x = x[i];
      sum += error;
      CHECK(!(fabsf(y[i]) > bound), "%s(%a) is %a, outside its range", f.name, x[i], y[i]);
      checksum = (checksum ^ (y[i] != y[i] ? 0x7fc00000 : bits_of(y[i]))) * 1099511628211u;
    }
    count += n;
  }
  CHECK(worst <= f.max_ulp, "%s: %.4f ulp at %a", f.name, worst, worst_x);
  CHECK(step == 1 || checksum == f.checksum, "%s: the checksum of the walk is %#llx", f.name,
        (unsigned long long)checksum);
  printf("%-7s %llu floats: max %.4f ulp at %a, mean %.3f, bound %.2f, checksum %016llx\n", f.name,
         (unsigned long long)count, worst, worst_x, sum / (double)count, f.max_ulp, (unsigned long long)checksum);
}

void check_activation_walk(void) {
  const char *exhaustive = getenv("RECURRENT_EXHAUSTIVE");
  for (int index = 0; index < 3; ++index) walk(index, exhaustive && !strcmp(exhaustive, "1") ? 1 : 1021);
}
