/// What a layer is trained with so that it does not lean on single units: chance, drawn anew for every run.
///
///     var configuration = LSTMConfiguration(inputSize: 80, hiddenSize: 256, layerCount: 2)
///     configuration.regularization = Regularization(dropout: 0.3, hiddenZoneout: 0.1, cellZoneout: 0.1)
///     let lstm = LSTM<Float>(configuration, seed: 1)
///     let output = lstm.forward(x, recording: &tape, masks: Masks(seed: generator.next()))   // training
///     let same = lstm(x)                                                                     // inference
///
/// Each number is a probability p from [0, 1) that a value is left out; 0 switches an option off, and costs nothing. Where
/// values are set to 0 those that stay are divided by 1 − p, so that their expectation stays too, and inference does
/// nothing. Zoneout works in inference too, by its expectation. Options may be combined.
///
/// A layer whose steps are touched (recurrent dropout, zoneout, DropConnect) is trained on `blas`, or on `naive` where it
/// runs there; with zoneout it also runs there (`runningEngine` says so).
public struct Regularization: Hashable, Sendable {
  /// Of the outputs h of every layer but the last, on their way to the layer above: each number at each step for
  /// itself. The `dropout` of PyTorch's recurrent layers.
  ///
  /// Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", 2014; for recurrent networks
  /// Zaremba, Sutskever & Vinyals, "Recurrent neural network regularization", 2014.
  public var dropout: Double
  /// Of the inputs of every layer: features that a layer and direction does not see in all of a sequence. The `dropout` of
  /// Keras's recurrent layers.
  ///
  /// Gal & Ghahramani, "A theoretically grounded application of dropout in recurrent neural networks", 2016: their one
  /// mask for all gates ("tied weights").
  public var inputDropout: Double
  /// Of h on its way to the next step's gates: units that they do not see in all of a sequence. In a GRU h itself goes on
  /// whole in z * h. The `recurrent_dropout` of Keras.
  ///
  /// Gal & Ghahramani, as above.
  public var recurrentDropout: Double
  /// Of steps in h: a unit keeps its old value, h' = h. In inference h' = (1 − p)·h' + p·h. The `zoneout` of Haste.
  ///
  /// Krueger et al., "Zoneout: regularizing RNNs by randomly preserving hidden activations", 2017.
  public var hiddenZoneout: Double
  /// Likewise in C, for a cell that has one; h' is still made from the new C.
  public var cellZoneout: Double
  /// Of recurrent weights: one mask of the H recurrent rows of the weights for all sequences and steps of a run. The
  /// `dropout` of Haste.
  ///
  /// Wan et al., "Regularization of neural networks using DropConnect", 2013; for recurrent weights Merity, Keskar &
  /// Socher, "Regularizing and optimizing LSTM language models", 2018.
  public var dropConnect: Double

  /// A regularisation from its probabilities.
  public init(
    dropout: Double = 0, inputDropout: Double = 0, recurrentDropout: Double = 0, hiddenZoneout: Double = 0,
    cellZoneout: Double = 0, dropConnect: Double = 0
  ) {
    self.dropout = dropout
    self.inputDropout = inputDropout
    self.recurrentDropout = recurrentDropout
    self.hiddenZoneout = hiddenZoneout
    self.cellZoneout = cellZoneout
    self.dropConnect = dropConnect
  }

  /// Nothing left to chance.
  public static let none = Regularization()
}

extension Regularization {
  /// Whether h or C zone out.
  var zonesOut: Bool { hiddenZoneout > 0 || cellZoneout > 0 }
  /// Whether the steps of a layer are others in training.
  var touchesSteps: Bool { recurrentDropout > 0 || dropConnect > 0 || zonesOut }

  /// The zoneout of a part of the state: of h (0), or of C.
  func zoneout(ofComponent component: Int) -> Double { component == 0 ? hiddenZoneout : cellZoneout }

  /// What keeps a cell from being trained so, if anything does.
  func flaw(hasCell: Bool) -> String? {
    let probabilities = [
      ("dropout", dropout), ("inputDropout", inputDropout), ("recurrentDropout", recurrentDropout),
      ("hiddenZoneout", hiddenZoneout), ("cellZoneout", cellZoneout), ("dropConnect", dropConnect),
    ]
    for (name, probability) in probabilities where !(probability >= 0 && probability < 1) {
      return "a probability of \(probability) for \(name); it must be from 0 to below 1"
    }
    return hasCell || cellZoneout == 0 ? nil : "a zoneout of \(cellZoneout) of C, of which there are 0"
  }
}
