// The tests of the C interface, written in C, as a caller of it is: one function a subject. Each prints what fails, and
// returns how many checks failed.
#ifndef C_TESTS_H
#define C_TESTS_H

long test_models(void);
long test_files(void);
long test_sequences(void);
long test_streams(void);
long test_training(void);
long test_handles(void);
long test_model_misuse(void);
long test_sequence_misuse(void);
long test_stream_misuse(void);
long test_training_misuse(void);
/// Four threads that share a model.
long test_sharing(void);

#endif
