// Tests the C kernels on every instruction set that this machine has. Exits with 1 if anything failed.
//
// RECURRENT_EXHAUSTIVE=1 walks all 2³² floats instead of a sample (some minutes).
#include "check.h"

long check_failures = 0;

static void check_dispatch(void) {
  rk_isa isas[ISA_COUNT] = {RK_ISA_PORTABLE, RK_ISA_NEON, RK_ISA_AVX2, RK_ISA_AVX512};
  const char *names[ISA_COUNT] = {"portable", "neon", "avx2", "avx512"};
  CHECK(rk_kernels_for(RK_ISA_PORTABLE), "every machine runs the portable kernels");
  unsetenv("RECURRENT_ISA");
  rk_isa best = rk_best_isa();
  for (int i = 0; i < ISA_COUNT; ++i) {
    const rk_kernels *kernels = rk_kernels_for(isas[i]);
    setenv("RECURRENT_ISA", names[i], 1);
    CHECK(rk_best_isa() == (kernels ? isas[i] : best), "RECURRENT_ISA=%s", names[i]);
    if (!kernels) continue;
    CHECK(!strcmp(kernels->name, names[i]), "%s is called %s", names[i], kernels->name);
    CHECK(best >= isas[i], "%s is better than the best", names[i]);
  }
  setenv("RECURRENT_ISA", "abacus", 1);
  CHECK(rk_best_isa() == best, "an unknown name must cap nothing");
  unsetenv("RECURRENT_ISA");
  printf("dispatch: the best here is %s\n", rk_kernels_for(best)->name);
}

int main(void) {
  check_dispatch();
  for (int isa = 0; isa < ISA_COUNT; ++isa) {
    const rk_kernels *kernels = rk_kernels_for((rk_isa)isa);
    if (!kernels) continue;
    check_activations(kernels);
    check_lstm_pointwise(kernels);
    check_lstm_step(kernels);
    check_gru_step(kernels);
    check_rnn_step(kernels);
    check_lstm_step_back(kernels);
    check_gru_step_back(kernels);
    check_rnn_step_back(kernels);
  }
  check_activation_walk();
  check_lstm_bits();
  check_denormals();
  printf(check_failures ? "%ld checks failed\n" : "all checks passed\n", check_failures);
  return check_failures != 0;
}
