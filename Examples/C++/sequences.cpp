// Whole sequences from C++: a model that owns its handle, a ragged batch, states that are handed on.
#include <recurrent.h>

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <vector>

// Throws the library's own words where a call has failed.
static void check(recurrent_status status) {
  if (status != RECURRENT_OK) throw std::runtime_error(recurrent_error_message());
}

class Model {
 public:
  explicit Model(const recurrent_configuration &configuration, std::uint64_t seed) {
    recurrent_model *made;
    check(recurrent_model_create_random(&configuration, seed, &made));
    handle.reset(made);
    check(recurrent_model_describe(made, &is));
  }

  recurrent_description is{};

  // h of the last layer at every step: [T, N, D·R].
  std::vector<float> operator()(const std::vector<float> &input, const std::vector<std::size_t> &lengths) const {
    recurrent_sequences call{};
    call.batch_size = lengths.size();
    call.step_count = input.size() / is.configuration.input_size / lengths.size();
    std::vector<float> hidden(call.step_count * lengths.size() * is.configuration.direction_count * is.output_size);
    call.lengths = {lengths.data(), lengths.size()};
    call.input = {input.data(), input.size()};
    call.hidden = {hidden.data(), hidden.size()};
    check(recurrent_model_run(handle.get(), &call));
    return hidden;
  }

 private:
  struct Destroy {
    void operator()(recurrent_model *model) const { recurrent_model_destroy(model); }
  };
  std::unique_ptr<recurrent_model, Destroy> handle;
};

int main() try {
  recurrent_configuration configuration{};
  configuration.cell = RECURRENT_GRU;
  configuration.input_size = 80;
  configuration.hidden_size = 256;
  configuration.layer_count = 2;
  configuration.direction_count = 2;
  const Model gru(configuration, 1);

  const std::vector<std::size_t> lengths{120, 87, 3};
  const std::vector<float> features(120 * lengths.size() * 80, 0.1f);
  const auto hidden = gru(features, lengths);
  const std::size_t width = 2 * gru.is.output_size;
  std::printf("%zu parameters; %zu numbers of h, the first %.6f\n", gru.is.parameter_count, hidden.size(), hidden[0]);
  std::printf("past the end of the third sequence: %g\n", hidden[(3 * lengths.size() + 2) * width]);  // 0

  try {
    gru(features, {121, 1, 1});
  } catch (const std::runtime_error &error) {
    std::printf("refused: %s\n", error.what());
  }
} catch (const std::exception &error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
