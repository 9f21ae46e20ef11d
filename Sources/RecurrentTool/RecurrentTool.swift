import ArgumentParser

/// Looks into files of recurrent models, converts, runs and diagnoses them.
@main
struct RecurrentTool: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recurrent",
    abstract: "Looks into files of recurrent models, converts, runs and diagnoses them.",
    discussion: """
      A model is a file in the safetensors format, PyTorch's state_dict, whole models too, or this library's own; or one in \
      ONNX, of which each recurrent node whose weights are constants is a layer. (Lengths, layout and initial states are \
      those of the command line, not those of the graph.) Models of Keras are read where the command was built with the trait \
      HDF5. In PyTorch:

        from safetensors.torch import save_file
        save_file(model.state_dict(), "model.safetensors")

      Then:

        recurrent inspect model.safetensors
        recurrent run model.safetensors input.npy -o output.npy --name encoder.lstm
        recurrent compare model.safetensors input.npy expected.npy --name encoder.lstm
        recurrent diagnose model.safetensors input.npy -o report.html --name encoder.lstm

      A layer's name is what stands before the first dot of its tensors' own names: "encoder.lstm" of \
      encoder.lstm.weight_ih_l0. In ONNX it is the node's, and in Keras the layer's own, as \
      'inspect' lists it. Where a file has one layer, it need not be named.

      Exit status: 0 where all is well, 1 where a comparison is not, 64 for a command line that is not understood, 65 for \
      a file that is not what it should be, 66 for one that is not there, 73 for one that cannot be written.
      """,
    subcommands: [Inspect.self, Convert.self, Run.self, Compare.self, Diagnose.self])
}
