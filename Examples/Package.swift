// swift-tools-version: 6.3
import PackageDescription

let recurrent = Target.Dependency.product(name: "Recurrent", package: "swift-recurrent")
let formats = Target.Dependency.product(name: "RecurrentFormats", package: "swift-recurrent")
let training = Target.Dependency.product(name: "RecurrentTraining", package: "swift-recurrent")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
/// What a program that trains a model stands on.
let library = [recurrent, formats, training, arguments]

let package = Package(
  name: "recurrent-examples",
  products: [
    .executable(name: "acceptability", targets: ["Acceptability"]),
    .executable(name: "sentiment", targets: ["Sentiment"]),
    .executable(name: "tagger", targets: ["Tagger"]),
    .executable(name: "language-model", targets: ["LanguageModel"]),
    .executable(name: "forecast", targets: ["Forecast"]),
    .executable(name: "long-memory", targets: ["LongMemory"]),
  ],
  dependencies: [
    .package(name: "swift-recurrent", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  ],
  targets: [
    .target(name: "ExampleKit", dependencies: library),
    .target(name: "WordReader", dependencies: ["ExampleKit"] + library),
    .executableTarget(name: "Acceptability", dependencies: ["ExampleKit", "WordReader"] + library),
    .executableTarget(name: "Forecast", dependencies: ["ExampleKit"] + library),
    .executableTarget(name: "LanguageModel", dependencies: ["ExampleKit"] + library),
    .executableTarget(name: "LongMemory", dependencies: ["ExampleKit"] + library),
    .executableTarget(name: "Sentiment", dependencies: ["ExampleKit"] + library),
    .executableTarget(name: "Tagger", dependencies: ["ExampleKit", "WordReader"] + library),
    .executableTarget(name: "Sequence", dependencies: [recurrent]),
    .executableTarget(name: "Streaming", dependencies: [recurrent]),
    .executableTarget(name: "Training", dependencies: [recurrent, training]),
    .executableTarget(name: "VoiceActivity", dependencies: [recurrent, formats, arguments]),
  ],
  swiftLanguageModes: [.v6]
)
