/* Recurrent networks on a CPU: LSTM, GRU and plain RNN layers over whole sequences, one step at a time, and back.
 *
 * The words of this header: T steps, N sequences side by side, I input size, H hidden size, R the width of h (H, or the
 * projection's size), L layers, D directions, G gates of a cell (LSTM 4, GRU 3, RNN 1). All arrays are dense, row-major
 * and of float, the last dimension running fastest. A sequence gives the same bits alone, in a batch, whole or step by
 * step, and on any number of threads: the contract of the engine `fused`, which is the default.
 *
 *     recurrent_configuration configuration = {.cell = RECURRENT_LSTM, .input_size = 40, .hidden_size = 128};
 *     recurrent_model *model;
 *     if (recurrent_model_create_random(&configuration, 1, &model) != RECURRENT_OK)
 *       puts(recurrent_error_message());
 *
 * Rules that hold for every function:
 *
 * - It returns a status and never stops the program. A null pointer, a wrong size, a number out of range, a handle that
 *   has been destroyed or is another thing's: each gives a status, a sentence in `recurrent_error_message`, and leaves
 *   everything as it was. What no function can see is an array shorter than its count says.
 * - Every array comes with its count of elements, which must be exactly that of the sizes; null with 0 says that there is
 *   none, where that is allowed.
 * - Structures are filled with zeros first, and then by name; zero is the default of every field that has one.
 * - Handles are numbers that look like pointers. Any thread may use one. A model serves any number of threads at once; a
 *   stream, a tape, and a model that is being changed serve one, and a second one is told RECURRENT_IN_USE.
 * - NaN and infinity are numbers like others.
 */
#ifndef RECURRENT_H
#define RECURRENT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Status ------------------------------------------------------------------------------------------------------ */

/* What became of a call. */
typedef enum recurrent_status {
  RECURRENT_OK = 0,
  /* A null pointer, a wrong size, a number out of range. */
  RECURRENT_INVALID_ARGUMENT = 1,
  /* Not a handle, or one that has been destroyed, or that of another kind of thing. */
  RECURRENT_INVALID_HANDLE = 2,
  /* Another thread is in a call with this handle, and one of the two calls needs it for itself. */
  RECURRENT_IN_USE = 3,
  /* The model cannot do this: a stream of both directions. */
  RECURRENT_UNSUPPORTED = 4,
  /* There is not the memory, or there are too many handles. */
  RECURRENT_OUT_OF_MEMORY = 5,
  /* There is no forward run on the tape to go back through. */
  RECURRENT_NOTHING_RECORDED = 6,
  /* A file cannot be opened or read. */
  RECURRENT_FILE_ERROR = 7,
  /* A file is not what it should be: damaged, of another format, without the tensors that were asked for. */
  RECURRENT_BAD_FILE = 8
} recurrent_status;

/* Why this thread's last call that did not return RECURRENT_OK did not; "" before there was one. It stays until the
 * next such call of this thread. Never null. */
const char *recurrent_error_message(void);

/* The version of the library that runs: "0.1.0". */
const char *recurrent_version(void);

/* The instruction set that the kernels run on: "portable", "neon", "avx2", "avx512". */
const char *recurrent_instruction_set(void);

/* ---- Arrays ------------------------------------------------------------------------------------------------------ */

/* Numbers to read. */
typedef struct recurrent_span {
  const float *elements;
  size_t count;
} recurrent_span;

/* Numbers to write. */
typedef struct recurrent_mutable_span {
  float *elements;
  size_t count;
} recurrent_mutable_span;

/* Counts, or row numbers, to read. */
typedef struct recurrent_index_span {
  const size_t *elements;
  size_t count;
} recurrent_index_span;

/* ---- Configurations ---------------------------------------------------------------------------------------------- */

/* The kinds of cells. With [h, x] the concatenation of the previous hidden state and the input:
 *
 *   LSTM  f = s(W_f.[h, x] + b_f)      i = s(W_i.[h, x] + b_i)      o = s(W_o.[h, x] + b_o)
 *         g = tanh(W_g.[h, x] + b_g)   C' = f * C + i * g           h' = o * tanh(C')
 *   GRU   r = s(W_r.[h, x] + b_r)      z = s(W_z.[h, x] + b_z)
 *         n = tanh(W_n.x + b_n + r * (U_n.h + c_n))                 h' = (1 - z) * n + z * h
 *   RNN   h' = tanh(W.[h, x] + b)
 */
typedef enum recurrent_cell { RECURRENT_LSTM = 1, RECURRENT_GRU = 2, RECURRENT_RNN = 3 } recurrent_cell;

/* Who does the arithmetic. A layer that `fused` does not serve (unusual activations, zoneout) runs on `blas`. */
typedef enum recurrent_engine { RECURRENT_FUSED = 0, RECURRENT_BLAS = 1, RECURRENT_NAIVE = 2 } recurrent_engine;

/* Where the reset gate of a GRU acts: on the candidate's recurrent product (cuDNN, PyTorch), or on h before it. */
typedef enum recurrent_reset { RECURRENT_AFTER_PRODUCT = 0, RECURRENT_BEFORE_PRODUCT = 1 } recurrent_reset;

/* Functions of one number, with the formulas of the ONNX operators. */
typedef enum recurrent_function {
  RECURRENT_USUAL = 0, /* what the equations above have in this place */
  RECURRENT_SIGMOID = 1,
  RECURRENT_TANH = 2,
  RECURRENT_RELU = 3,
  RECURRENT_IDENTITY = 4,
  RECURRENT_AFFINE = 5,           /* alpha * x + beta */
  RECURRENT_LEAKY_RELU = 6,       /* x where x >= 0, else alpha * x */
  RECURRENT_THRESHOLDED_RELU = 7, /* x where x > alpha, else 0 */
  RECURRENT_SCALED_TANH = 8,      /* alpha * tanh(beta * x) */
  RECURRENT_HARD_SIGMOID = 9,     /* min(max(alpha * x + beta, 0), 1) */
  RECURRENT_ELU = 10,             /* x where x >= 0, else alpha * (exp(x) - 1) */
  RECURRENT_SOFTSIGN = 11,        /* x / (1 + |x|) */
  RECURRENT_SOFTPLUS = 12         /* ln(1 + exp(x)) */
} recurrent_function;

/* A function with its parameters, which are 0 for one that has none. */
typedef struct recurrent_activation {
  recurrent_function function;
  double alpha;
  double beta;
  double bound; /* where above 0, the function of x where |x| <= bound, else of bound or -bound, which is nearer */
} recurrent_activation;

/* What training leaves to chance: probabilities from 0 to below 1 that a value is left out. Zoneout works in inference
 * too, by its expectation. */
typedef struct recurrent_regularization {
  double dropout;           /* of the outputs of every layer but the last, each number for itself */
  double input_dropout;     /* of the inputs of every layer, the same features for a whole sequence */
  double recurrent_dropout; /* of h on its way to the gates, the same units for a whole sequence */
  double hidden_zoneout;    /* of steps in h: a unit keeps its old value */
  double cell_zoneout;      /* of steps in C, for an LSTM */
  double drop_connect;      /* of recurrent weights, the same for a whole run */
} recurrent_regularization;

/* The sizes and options of a model. Options that a cell does not have must be 0. */
typedef struct recurrent_configuration {
  recurrent_cell cell;
  recurrent_engine engine;
  size_t input_size;      /* I, from 1 to 2^28, as all sizes */
  size_t hidden_size;     /* H */
  size_t layer_count;     /* L; 0 stands for 1 */
  size_t direction_count; /* D: 1, or 2 where every layer also runs from the last step to the first; 0 stands for 1 */
  size_t projection_size; /* LSTM: R, where h is a projection of the units; 0 for none */
  int32_t has_peepholes;  /* LSTM: whether i and f see C, and o sees C', through a weight for each unit */
  int32_t couples_forget; /* LSTM: whether f is 1 - i, and the weights of f stand unused */
  recurrent_reset reset;  /* GRU */
  recurrent_activation gate_activation;      /* LSTM, GRU */
  recurrent_activation candidate_activation; /* all cells; of the RNN the only one */
  recurrent_activation output_activation;    /* LSTM: of C' on its way into h' */
  /* LSTM without peepholes, projection and coupling, GRU with a reset after the product: epsilon of a layer normalisation,
   * LN(v; g) = g * (v - mean(v)) / sqrt(variance(v) + epsilon), of the products x.W and h.U, and in the LSTM of C' on its
   * way into h'; 0 for none */
  double normalization_epsilon;
  recurrent_regularization regularization;
} recurrent_configuration;

/* ---- Models ------------------------------------------------------------------------------------------------------ */

/* Layers with their weights, ready to run. */
typedef struct recurrent_model recurrent_model;

/* What a model is. */
typedef struct recurrent_description {
  recurrent_configuration configuration; /* without zeros that stand for a default, where there is another name for it */
  recurrent_engine running_engine;       /* who really does the arithmetic */
  size_t output_size;                    /* R */
  size_t parameter_count;                /* all numbers of all tensors */
  size_t tensor_count;
  size_t thread_count; /* who may work on a call over sequences, at most */
} recurrent_description;

/* One tensor of a model's parameters, in the flat array that holds them all. */
typedef struct recurrent_parameter {
  const char *name; /* "matrix_l0", "bias_l0", "matrix_l0_reverse"; valid until the model is destroyed */
  size_t offset;    /* of its first element in the flat array */
  size_t rows;      /* 1 for a vector */
  size_t columns;
} recurrent_parameter;

/* A model with weights and biases from U(-1/sqrt(H), 1/sqrt(H)), the same for the same seed.
 *
 * Time and memory: O(number of parameters), as for all ways to make a model. */
recurrent_status recurrent_model_create_random(
    const recurrent_configuration *configuration, uint64_t seed, recurrent_model **model);

/* A model with the given weights: all tensors of all layers one after the other, in the canonical form. For every layer,
 * and in each for every direction, forward first:
 *
 *   matrix  [R + I, G.H]  the recurrent rows first, then the input rows (of the second layer on, D.R); columns in gate
 *                         blocks: LSTM i f g o, GRU r z n
 *   bias    [G.H]         in the same blocks
 *   LSTM: peephole [3.H] in the blocks i f o where there is one, then projection [H, R] where there is one
 *   GRU:  recurrentBias [H], c_n, where the reset comes after the product
 *   with a layer normalisation: inputGain [G.H] and recurrentGain [G.H], of the products, in the same blocks as the bias;
 *         LSTM: then cellGain [H] and cellShift [H], of C'
 *
 * `recurrent_model_parameter` tells every tensor's name and place. PyTorch's tensors of a layer and direction become
 * matrix = [weight_hh | weight_ih] transposed and bias = bias_ih + bias_hh, its gate order being the same; for a GRU the
 * candidate's block of bias_hh is not added, it is recurrentBias; projection = weight_hr transposed. */
recurrent_status recurrent_model_create(
    const recurrent_configuration *configuration, const float *parameters, size_t parameter_count,
    recurrent_model **model);

/* How a model of a file is to run. */
typedef struct recurrent_load_options {
  recurrent_engine engine;
  recurrent_activation activation; /* of a plain RNN of PyTorch's, whose file does not tell it */
} recurrent_load_options;

/* A model of a file in the safetensors format: PyTorch's LSTM, GRU, RNN and their cells by the names of their state_dict, or
 * one that this library has written. Layers, directions, sizes and kind come from names, shapes and the file's metadata.
 *
 * `name` is what stands before the first dot of the tensors' own names, such as "encoder.lstm"; null for the file's only
 * layer. `options` may be null. */
recurrent_status recurrent_model_load(
    const char *path, const char *name, const recurrent_load_options *options, recurrent_model **model);

/* A model of such a file in memory, which need not stay. */
recurrent_status recurrent_model_load_memory(
    const void *bytes, size_t byte_count, const char *name, const recurrent_load_options *options,
    recurrent_model **model);

/* The number of parameters of such models, before there is one. */
recurrent_status recurrent_parameter_count(const recurrent_configuration *configuration, size_t *count);

/* What a model is. */
recurrent_status recurrent_model_describe(const recurrent_model *model, recurrent_description *description);

/* The name and place of one tensor, `index` being from 0 to below `tensor_count`. */
recurrent_status recurrent_model_parameter(const recurrent_model *model, size_t index, recurrent_parameter *parameter);

/* Copies all parameters to one flat array. */
recurrent_status recurrent_model_read_parameters(const recurrent_model *model, float *parameters, size_t count);

/* Takes all parameters from one flat array. Streams keep the weights that they were made with, and a run on a tape those
 * that it ran with. The model must not be in use. */
recurrent_status recurrent_model_write_parameters(recurrent_model *model, const float *parameters, size_t count);

/* Lets up to `count` threads, from 1 to 1024, work on a call over sequences, the caller among them; 0 for the threads that
 * all models share: as many as the process has processors, or as the environment variable RECURRENT_THREADS says. A
 * caller that finds the threads at work for another one works alone, with the same result. The model must not be in use. */
recurrent_status recurrent_model_set_thread_count(recurrent_model *model, size_t count);

/* Gives a model back; null is allowed. Streams and tapes that were made of it go on. */
recurrent_status recurrent_model_destroy(recurrent_model *model);

/* ---- Whole sequences --------------------------------------------------------------------------------------------- */

/* The order of the first two dimensions of inputs and outputs: [T, N, features], or [N, T, features]. */
typedef enum recurrent_layout { RECURRENT_TIME_MAJOR = 0, RECURRENT_BATCH_MAJOR = 1 } recurrent_layout;

/* A call over whole sequences: what goes in, and where the results go. */
typedef struct recurrent_sequences {
  size_t step_count; /* T, from 0 on; T times N is at most 2^31 - 1 */
  size_t batch_size; /* N, from 1 on */
  recurrent_layout layout;
  recurrent_index_span lengths;  /* the steps of each of the N sequences, from 0 to T; none: all of them T. What stands
                                  * past the end of a sequence is never read. */
  recurrent_span input;          /* [T, N, I] or [N, T, I] */
  recurrent_span initial_hidden; /* [L.D, N, R], row l.D + d for layer l and direction d; none: zeros */
  recurrent_span initial_cell;   /* [L.D, N, H], LSTM; none: zeros */
  recurrent_mutable_span hidden; /* [T, N, D.R] or [N, T, D.R]: h of the last layer at every step, the directions side by
                                  * side; 0 past the end of a sequence; none: not wanted, as for all below */
  recurrent_mutable_span cells;  /* [L, T, N, D.H] or [L, N, T, D.H], LSTM: C of every layer at every step */
  recurrent_mutable_span final_hidden; /* [L.D, N, R]: after each sequence's own last step (in reverse: its first) */
  recurrent_mutable_span final_cell;   /* [L.D, N, H], LSTM */
  uint64_t mask_seed; /* for a forward run of a model with a regularisation: chance begins here; give each run its own */
} recurrent_sequences;

/* Runs whole sequences. Results may be written over inputs.
 *
 * Time: O(T.N.G.H.(I + R).L.D). */
recurrent_status recurrent_model_run(const recurrent_model *model, const recurrent_sequences *sequences);

/* ---- Streams ----------------------------------------------------------------------------------------------------- */

/* N sequences, moved on one step at a time: it keeps their states. T steps give what one call over T steps gives. */
typedef struct recurrent_stream recurrent_stream;

/* A stream of `batch_size` sequences before their first step, of a model of one direction. Any number of streams share
 * the weights of one model. */
recurrent_status recurrent_stream_create(const recurrent_model *model, size_t batch_size, recurrent_stream **stream);

/* Moves every sequence on by one step: `frame` is [N, I], `hidden` becomes [N, R], h of the last layer.
 *
 * It allocates nothing and takes no lock. */
recurrent_status recurrent_stream_step(
    recurrent_stream *stream, const float *frame, size_t frame_count, float *hidden, size_t hidden_count);

/* Moves M of the sequences on by one step, those of `rows`, in ascending order, and leaves the others as they are:
 * `frame` is [M, I], `hidden` becomes [M, R]. It allocates nothing and takes no lock. */
recurrent_status recurrent_stream_step_rows(
    recurrent_stream *stream, const size_t *rows, size_t row_count, const float *frame, size_t frame_count,
    float *hidden, size_t hidden_count);

/* Puts one sequence back before its first step. */
recurrent_status recurrent_stream_reset_row(recurrent_stream *stream, size_t row);

/* Puts every sequence back before its first step. */
recurrent_status recurrent_stream_reset(recurrent_stream *stream);

/* Copies the state of all sequences: h [L, N, R], and C [L, N, H] of an LSTM. Null with 0 for a part that is not wanted. */
recurrent_status recurrent_stream_read_state(
    recurrent_stream *stream, float *hidden, size_t hidden_count, float *cell, size_t cell_count);

/* Takes the state of all sequences. Null with 0 for a part that stays. */
recurrent_status recurrent_stream_write_state(
    recurrent_stream *stream, const float *hidden, size_t hidden_count, const float *cell, size_t cell_count);

/* Gives a stream back; null is allowed. */
recurrent_status recurrent_stream_destroy(recurrent_stream *stream);

/* ---- Training ---------------------------------------------------------------------------------------------------- */

/* What a forward run leaves for the way back. Allocated once, for runs of up to T steps of N sequences, one at a time. */
typedef struct recurrent_tape recurrent_tape;

/* A loss's gradients by the outputs of a run, as far as it looks at them, and where those by its inputs go. Shapes and
 * layout are those of the counterparts in `recurrent_sequences`. */
typedef struct recurrent_gradients {
  recurrent_span hidden;       /* by h of the last layer at every step; none: zeros, as for all of these */
  recurrent_span cells;        /* by C of every layer at every step, LSTM */
  recurrent_span final_hidden; /* by the final state */
  recurrent_span final_cell;
  recurrent_mutable_span input; /* by the input; 0 past the end of a sequence; none: not wanted, as for all below */
  recurrent_mutable_span initial_hidden; /* by the initial state */
  recurrent_mutable_span initial_cell;
  recurrent_mutable_span parameters; /* by the parameters, laid out like them */
  int32_t accumulates; /* whether `parameters` is added to what stands there, else it takes its place */
} recurrent_gradients;

/* The bytes of the smallest tape for such runs, and of one that keeps everything. Either pointer may be null. */
recurrent_status recurrent_tape_sizes(
    const recurrent_model *model, size_t step_count, size_t batch_size, size_t *least, size_t *most);

/* A tape for runs of `model`, or of one with the same configuration.
 *
 * Under a `memory_limit`, in bytes, at least the least of `recurrent_tape_sizes`, it keeps checkpoints and computes parts of
 * the run once more on the way back; the gradients are the same bits. 0: everything is kept. */
recurrent_status recurrent_tape_create(
    const recurrent_model *model, size_t step_count, size_t batch_size, size_t memory_limit, recurrent_tape **tape);

/* Runs whole sequences as `recurrent_model_run` does, and leaves on the tape what the way back needs. T may be less than the
 * tape was made for, N may not. What was on the tape before is gone. */
recurrent_status recurrent_model_forward(
    const recurrent_model *model, recurrent_tape *tape, const recurrent_sequences *sequences);

/* Goes back through the run that is on the tape, with the weights that it ran with, and uses it up. A call that fails
 * leaves it there. */
recurrent_status recurrent_model_backward(
    const recurrent_model *model, recurrent_tape *tape, const recurrent_gradients *gradients);

/* Gives a tape back; null is allowed. */
recurrent_status recurrent_tape_destroy(recurrent_tape *tape);

#ifdef __cplusplus
}
#endif

#endif
