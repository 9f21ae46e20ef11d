// Models of files: by path and from memory, by name, and everything that is no such file.
// mkstemp and fdopen are POSIX.
#define _POSIX_C_SOURCE 200809L
#include "check.h"

/// A plain RNN of PyTorch's with one unit, h' = 0.5 x + 0.25 h + 0.0625 + 0.0625 under the identity, as a file.
typedef struct {
  char bytes[512];
  size_t count;
} file;

static file make_file(void) {
  const char *header =
      "{\"net.weight_ih_l0\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]},"
      "\"net.weight_hh_l0\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[4,8]},"
      "\"net.bias_ih_l0\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]},"
      "\"net.bias_hh_l0\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[12,16]}}";
  const float numbers[4] = {0.5f, 0.25f, 0.0625f, 0.0625f};
  file f = {.count = 8 + strlen(header) + sizeof numbers};
  for (size_t i = 0; i < 8; ++i) f.bytes[i] = (char)(strlen(header) >> (8 * i));
  memcpy(f.bytes + 8, header, strlen(header));
  memcpy(f.bytes + 8 + strlen(header), numbers, sizeof numbers);
  return f;
}

static const recurrent_load_options identity = {.activation = {.function = RECURRENT_IDENTITY}};

static void check_model(recurrent_model *m) {
  const float x[2] = {1, 2};
  float h[2] = {0, 0};
  recurrent_sequences s = {.step_count = 2, .batch_size = 1, .input = {x, 2}, .hidden = {h, 2}};
  OK(recurrent_model_run(m, &s));
  CHECK(h[0] == 0.625f && h[1] == 1.28125f, "%g %g", h[0], h[1]);
  OK(recurrent_model_destroy(m));
}

/// The address of an array of exactly `count` bytes, so that a read past its end is seen.
static recurrent_status load(const char *bytes, size_t count, recurrent_model **m) {
  char *exact = malloc(count ? count : 1);
  memcpy(exact, bytes, count);
  recurrent_status status = recurrent_model_load_memory(exact, count, "net", &identity, m);
  free(exact);
  return status;
}

static void check_good_files(file f) {
  recurrent_model *m;
  OK(load(f.bytes, f.count, &m));
  check_model(m);
  OK(recurrent_model_load_memory(f.bytes, f.count, NULL, &identity, &m));
  check_model(m);

  recurrent_description is;
  const recurrent_load_options naive = {.engine = RECURRENT_NAIVE};
  OK(recurrent_model_load_memory(f.bytes, f.count, "net", NULL, &m));
  OK(recurrent_model_describe(m, &is));
  CHECK(is.configuration.candidate_activation.function == RECURRENT_TANH, "tanh is the default");
  OK(recurrent_model_destroy(m));
  OK(recurrent_model_load_memory(f.bytes, f.count, "net", &naive, &m));
  OK(recurrent_model_describe(m, &is));
  CHECK(is.running_engine == RECURRENT_NAIVE && is.configuration.cell == RECURRENT_RNN, "engine and cell");
  OK(recurrent_model_destroy(m));
}

static void check_paths(file f) {
  char path[] = "/tmp/recurrent-c-tests-XXXXXX";
  int descriptor = mkstemp(path);
  FILE *stream = descriptor < 0 ? NULL : fdopen(descriptor, "wb");
  CHECK(stream, "no temporary file");
  if (!stream) return;
  CHECK(fwrite(f.bytes, 1, f.count, stream) == f.count && !fclose(stream), "a temporary file");
  recurrent_model *m;
  OK(recurrent_model_load(path, "net", &identity, &m));
  check_model(m);
  REFUSED(RECURRENT_BAD_FILE, recurrent_model_load, path, "encoder", NULL, &m);
  INVALID(recurrent_model_load, NULL, "net", NULL, &m);
  INVALID(recurrent_model_load, "\xff\xfe", "net", NULL, &m);
  INVALID(recurrent_model_load, path, "\xc3", NULL, &m);
  INVALID(recurrent_model_load, path, "net", NULL, NULL);
  remove(path);
  REFUSED(RECURRENT_FILE_ERROR, recurrent_model_load, path, "net", NULL, &m);
  CHECK(!m, "a model that is not there is null");
  REFUSED(RECURRENT_FILE_ERROR, recurrent_model_load, "", "net", NULL, &m);
  recurrent_status folder = recurrent_model_load("/", "net", NULL, &m);
  CHECK(folder == RECURRENT_FILE_ERROR || folder == RECURRENT_BAD_FILE, "a folder gave %d", (int)folder);
}

static void check_bad_files(file f) {
  recurrent_model *m;
  for (size_t count = 0; count < f.count; ++count)
    CHECK(load(f.bytes, count, &m) == RECURRENT_BAD_FILE, "%zu of %zu bytes", count, f.count);
  // One bit wrong: a status, whichever it is.
  for (size_t bit = 0; bit < 8 * f.count; ++bit) {
    f.bytes[bit / 8] ^= (char)(1 << bit % 8);
    if (load(f.bytes, f.count, &m) == RECURRENT_OK) OK(recurrent_model_destroy(m));
    f.bytes[bit / 8] ^= (char)(1 << bit % 8);
  }
}

static void check_arguments(file f) {
  recurrent_model *m = (recurrent_model *)&m;
  recurrent_load_options options = {.engine = (recurrent_engine)7};
  INVALID(recurrent_model_load_memory, NULL, f.count, "net", NULL, &m);
  CHECK(!m, "a model that is not there is null");
  INVALID(recurrent_model_load_memory, f.bytes, SIZE_MAX, "net", NULL, &m);
  REFUSED(RECURRENT_BAD_FILE, recurrent_model_load_memory, NULL, 0, "net", NULL, &m);
  REFUSED(RECURRENT_OUT_OF_MEMORY, recurrent_model_load_memory, f.bytes, SIZE_MAX / 2, "net", NULL, &m);
  INVALID(recurrent_model_load_memory, f.bytes, f.count, "\xff", NULL, &m);
  INVALID(recurrent_model_load_memory, f.bytes, f.count, "net", &options, &m);
  INVALID(recurrent_model_load_memory, f.bytes, f.count, "net", (void *)((char *)&options + 1), &m);
  options = (recurrent_load_options){.activation = {.function = (recurrent_function)99}};
  INVALID(recurrent_model_load_memory, f.bytes, f.count, "net", &options, &m);
  INVALID(recurrent_model_load_memory, f.bytes, f.count, "net", NULL, NULL);
}

long test_files(void) {
  check_failures = 0;
  file f = make_file();
  check_good_files(f);
  check_paths(f);
  check_bad_files(f);
  check_arguments(f);
  return check_failures;
}
