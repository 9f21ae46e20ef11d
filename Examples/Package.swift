// swift-tools-version: 6.3
import PackageDescription

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
    .target(
      name: "ExampleKit",
      dependencies: [
        .product(name: "Recurrent", package: "swift-recurrent"),
        .product(name: "RecurrentFormats", package: "swift-recurrent"),
        .product(name: "RecurrentTraining", package: "swift-recurrent"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(
      name: "WordReader",
      dependencies: [
        "ExampleKit",
        .product(name: "Recurrent", package: "swift-recurrent"),
        .product(name: "RecurrentFormats", package: "swift-recurrent"),
        .product(name: "RecurrentTraining", package: "swift-recurrent"),
      ]),
    .executableTarget(
      name: "Acceptability",
      dependencies: [
        "ExampleKit", "WordReader",
        .product(name: "Recurrent", package: "swift-recurrent"),
        .product(name: "RecurrentFormats", package: "swift-recurrent"),
        .product(name: "RecurrentTraining", package: "swift-recurrent"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "Tagger",
      dependencies: [
        "ExampleKit", "WordReader",
        .product(name: "Recurrent", package: "swift-recurrent"),
        .product(name: "RecurrentFormats", package: "swift-recurrent"),
        .product(name: "RecurrentTraining", package: "swift-recurrent"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "Sentiment",
      dependencies: [
        "ExampleKit",
        .product(name: "Recurrent", package: "swift-recurrent"),
        .product(name: "RecurrentFormats", package: "swift-recurrent"),
        .product(name: "RecurrentTraining", package: "swift-recurrent"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(name: "Sequence", dependencies: [.product(name: "Recurrent", package: "swift-recurrent")]),
    .executableTarget(name: "Streaming", dependencies: [.product(name: "Recurrent", package: "swift-recurrent")]),
    .executableTarget(
      name: "Training",
      dependencies: [
        .product(name: "Recurrent", package: "swift-recurrent"),
        .product(name: "RecurrentTraining", package: "swift-recurrent"),
      ]),
    .executableTarget(
      name: "LanguageModel",
      dependencies: [
        "ExampleKit",
        .product(name: "Recurrent", package: "swift-recurrent"),
        .product(name: "RecurrentFormats", package: "swift-recurrent"),
        .product(name: "RecurrentTraining", package: "swift-recurrent"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "Forecast",
      dependencies: [
        "ExampleKit",
        .product(name: "Recurrent", package: "swift-recurrent"),
        .product(name: "RecurrentFormats", package: "swift-recurrent"),
        .product(name: "RecurrentTraining", package: "swift-recurrent"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "LongMemory",
      dependencies: [
        "ExampleKit",
        .product(name: "Recurrent", package: "swift-recurrent"),
        .product(name: "RecurrentFormats", package: "swift-recurrent"),
        .product(name: "RecurrentTraining", package: "swift-recurrent"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "VoiceActivity",
      dependencies: [
        .product(name: "Recurrent", package: "swift-recurrent"),
        .product(name: "RecurrentFormats", package: "swift-recurrent"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
