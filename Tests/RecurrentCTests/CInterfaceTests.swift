import CTests
import RecurrentC
import Testing

/// The tests in C, one by one: they print what fails.
@Suite("The C interface, from C")
struct CInterfaceTests {
  @Test("makes models, describes them, reads and writes their parameters")
  func models() { #expect(test_models() == 0) }

  @Test("reads models of files, and refuses what are none")
  func files() { #expect(test_files() == 0) }

  @Test("runs sequences in both layouts, ragged, in pieces, on any number of threads")
  func sequences() { #expect(test_sequences() == 0) }

  @Test("streams what a run over the whole gives")
  func streams() { #expect(test_streams() == 0) }

  @Test("trains: gradients agree with differences, and a small tape gives the same bits")
  func training() { #expect(test_training() == 0) }

  @Test("refuses handles that are null, made up, of another kind or gone")
  func handles() { #expect(test_handles() == 0) }

  @Test("answers every bad argument with a status")
  func misuse() {
    #expect(test_model_misuse() == 0)
    #expect(test_sequence_misuse() == 0)
    #expect(test_stream_misuse() == 0)
    #expect(test_training_misuse() == 0)
  }

  @Test("serves four threads that share a model")
  func concurrency() { #expect(test_sharing() == 0) }
}
