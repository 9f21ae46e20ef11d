// swift-tools-version: 6.3
import PackageDescription

// A package of its own, since libFuzzer brings the `main` of its program: `./run` builds and starts it.
let package = Package(
  name: "fuzz-onnx",
  dependencies: [.package(name: "swift-recurrent", path: "../../..")],
  targets: [
    .executableTarget(
      name: "FuzzONNX",
      dependencies: [
        .product(name: "Recurrent", package: "swift-recurrent"),
        .product(name: "RecurrentONNX", package: "swift-recurrent"),
      ],
      swiftSettings: [.unsafeFlags(["-parse-as-library"])])
  ],
  swiftLanguageModes: [.v6]
)
