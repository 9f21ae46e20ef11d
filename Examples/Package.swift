// swift-tools-version: 6.3
import PackageDescription

let package = Package(
  name: "recurrent-examples",
  dependencies: [.package(name: "swift-recurrent", path: "..")],
  targets: [
    .executableTarget(name: "Sequence", dependencies: [.product(name: "Recurrent", package: "swift-recurrent")]),
    .executableTarget(name: "Streaming", dependencies: [.product(name: "Recurrent", package: "swift-recurrent")]),
  ],
  swiftLanguageModes: [.v6]
)
