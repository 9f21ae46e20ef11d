import Foundation
import Recurrent
import RecurrentTraining
import Testing

@Suite("Training: optimisers")
struct OptimizerTests {
  /// The parameters of a golden file after each step, and the gradients of each.
  struct Trajectory: Decodable {
    struct Part: Decodable {
      let shape: [Int]
      let elements: [Double]
    }
    let system: String
    let learningRate: Double
    let tensors: [String: Part]

    init(named name: String) throws {
      let url = Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Goldens")
      self = try JSONDecoder().decode(Trajectory.self, from: Data(contentsOf: #require(url)))
    }

    func numbers<Scalar>(_ infix: String) throws -> Numbers<Scalar> {
      func tensor(_ name: String) throws -> Tensor<Scalar> {
        let part = try #require(tensors["\(name)_\(infix)"])
        return Tensor(shape: part.shape, elements: part.elements.map { Scalar($0) })
      }
      return try Numbers(weights: tensor("weights"), bias: tensor("bias"))
    }
  }

  static let names = [
    "sgd", "sgd-momentum", "sgd-nesterov", "rmsprop", "rmsprop-momentum", "rmsprop-centered", "adam", "adam-decay",
    "adamw",
  ]

  func optimizer<Scalar: RecurrentScalar>(_ name: String, _: Scalar.Type) -> any Optimizer<Scalar> {
    switch name {
    case "sgd": SGD()
    case "sgd-momentum": SGD(momentum: 0.9, weightDecay: 0.1)
    case "sgd-nesterov": SGD(momentum: 0.9, isNesterov: true, weightDecay: 0.1)
    case "rmsprop": RMSProp()
    case "rmsprop-momentum": RMSProp(alpha: 0.9, momentum: 0.8, weightDecay: 0.1)
    case "rmsprop-centered": RMSProp(alpha: 0.9, epsilon: 1e-3, momentum: 0.8, isCentered: true)
    case "adam": Adam()
    case "adam-decay": Adam(betas: (0.8, 0.95), epsilon: 1e-3, weightDecay: 0.1)
    default: AdamW(weightDecay: 0.1)
    }
  }

  /// A step rounds some ten times, relative to parameters of at most 2 and steps of at most 0.5, and the square root in
  /// a denominator (1 − 0.9³⁻, a variance) loses at most a digit more: 100 ε a step, six steps.
  @Test("six steps are those of PyTorch, in Double and in Float", arguments: names)
  func trajectory(name: String) throws {
    try follow(name, Double.self, tolerance: 600 * Double.ulpOfOne)
    try follow(name, Float.self, tolerance: 600 * Double(Float.ulpOfOne))
  }

  private func follow<Scalar: RecurrentScalar>(_ name: String, _ type: Scalar.Type, tolerance: Double) throws {
    let golden = try Trajectory(named: "optimizer-\(name)")
    var optimizer = optimizer(name, type)
    var numbers: Numbers<Scalar> = try golden.numbers("0")
    for step in 1...6 {
      optimizer.learningRate = golden.learningRate / Double(step)
      update(&optimizer, &numbers, try golden.numbers("gradient_\(step)"))
      let wanted: Numbers<Double> = try golden.numbers("\(step)")
      let found = numbers.weights.elements + numbers.bias.elements
      for (a, b) in zip(found, wanted.weights.elements + wanted.bias.elements) {
        #expect((Double(a) - b).magnitude <= tolerance, "\(golden.system) \(name), step \(step): \(a), not \(b)")
      }
    }
  }

  private func update<Scalar>(
    _ optimizer: inout any Optimizer<Scalar>, _ numbers: inout Numbers<Scalar>, _ gradients: Numbers<Scalar>
  ) {
    func open<Rule: Optimizer<Scalar>>(_ rule: Rule) -> any Optimizer<Scalar> {
      var rule = rule
      rule.update(&numbers, with: gradients)
      return rule
    }
    optimizer = open(optimizer)
  }

  @Test("long tensors: every piece and tail is as the same numbers one by one", arguments: names)
  func pieces(name: String) {
    let weights = Tensor<Float>.random([1, 1031], seed: 1)
    let gradient = Tensor<Float>.random([1, 1031], seed: 2)
    var (whole, single) = (optimizer(name, Float.self), optimizer(name, Float.self))
    var numbers = Numbers(weights: weights)
    for _ in 0..<3 { update(&whole, &numbers, Numbers(weights: gradient)) }
    for index in [0, 1, 255, 256, 511, 1023, 1024, 1030] {
      var one = Numbers(weights: Tensor(shape: [1], elements: [weights.elements[index]]))
      single.state = OptimizerState()
      for _ in 0..<3 {
        update(&single, &one, Numbers(weights: Tensor(shape: [1], elements: [gradient.elements[index]])))
      }
      #expect(one.weights.elements[0].bitPattern == numbers.weights.elements[index].bitPattern)
    }
  }

  @Test("sparse rows are moved as dense ones, the others stay", arguments: names)
  func sparse(name: String) {
    let indices = IndexTensor(shape: [4], elements: [5, 2, IndexTensor.none, 5])
    let start = Embedding<Double>(weights: .random([7, 3], seed: 1))
    let sparse = start.backward(.random([4, 3], seed: 2), indices: indices)
    func moved<Gradients: ParameterSet<Double>>(_ gradients: Gradients) -> Embedding<Double> {
      func open<Rule: Optimizer<Double>>(_ rule: Rule) -> Embedding<Double> {
        var (rule, embedding) = (rule, start)
        for _ in 0..<3 { rule.update(&embedding, with: gradients) }
        return embedding
      }
      return open(optimizer(name, Double.self))
    }
    let (some, all) = (moved(sparse), moved(sparse.dense(count: 7)))
    for row in 0..<7 {
      for column in 0..<3 {
        let wanted = [2, 5].contains(row) ? all.weights[row, column] : start.weights[row, column]
        #expect(some.weights[row, column] == wanted)
      }
    }
  }

  @Test("gradients of other names or shapes stop with both")
  func misuse() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var numbers = Numbers<Float>(weights: Tensor(shape: [2, 3]))
      var sgd = SGD<Float>()
      sgd.update(&numbers, with: Numbers<Float>(weights: Tensor(shape: [3, 2])))
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("[3, 2]") && message.contains("'weights'") && message.contains("[2, 3]"), "\(message)")
  }

  @Test("the state goes on where it was")
  func state() {
    let gradients = Numbers<Float>(weights: .random([2, 3], seed: 2))
    var numbers = Numbers<Float>(weights: .random([2, 3], seed: 1))
    var adam = Adam<Float>()
    adam.update(&numbers, with: gradients)
    var (other, copy) = (Adam<Float>(), numbers)
    other.state = adam.state
    adam.update(&numbers, with: gradients)
    other.update(&copy, with: gradients)
    #expect(copy == numbers)
    #expect(adam.state == other.state)
    #expect(adam.state.tensors.map(\.step) == [2, 2])
  }

  @Test("schedules")
  func schedules() {
    func close(_ schedule: LearningRate, _ step: Int, _ rate: Double) {
      #expect((schedule.rate(atStep: step) - rate).magnitude < 1e-15, "\(schedule) at \(step)")
    }
    close(.constant(0.1), 7, 0.1)
    close(.step(from: 1, factor: 0.5, every: 10), 9, 1)
    close(.step(from: 1, factor: 0.5, every: 10), 20, 0.25)
    close(.exponential(from: 1, factor: 0.25, every: 10), 5, 0.5)
    close(.linear(from: 1, to: 0.5, steps: 10), 5, 0.75)
    close(.linear(from: 1, to: 0.5, steps: 10), 50, 0.5)
    let cosine = LearningRate.cosine(from: 1, to: 0.5, steps: 10)
    for (step, rate) in [(0, 1), (5, 0.75), (10, 0.5), (99, 0.5)] { close(cosine, step, rate) }
    let warm = cosine.warmedUp(over: 4)
    for (step, rate) in [(0, 0.25), (3, 1), (4, 1), (9, 0.75), (14, 0.5)] { close(warm, step, rate) }
  }
}
