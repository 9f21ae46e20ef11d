// swift-tools-version: 6.3
import PackageDescription

/// Every Swift target is built with these: unsafe code is marked where it stands, and a warning is an error.
let strict: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableExperimentalFeature("Lifetimes"),  // spans as properties of our own buffers; clients need no flag
]

let package = Package(
  name: "swift-recurrent",
  products: [
    .library(name: "Recurrent", targets: ["Recurrent"]),
    .library(name: "RecurrentTraining", targets: ["RecurrentTraining"]),
    .library(name: "RecurrentFormats", targets: ["RecurrentFormats"]),
    .library(name: "RecurrentC", targets: ["RecurrentC"]),
    .executable(name: "recurrent", targets: ["RecurrentTool"]),
    .library(name: "RecurrentONNX", targets: ["RecurrentONNX"]),
    .executable(name: "bench", targets: ["bench"]),
  ],
  traits: [
    .trait(name: "HDF5", description: "Read Keras files and compressed NumPy archives; needs libhdf5 with its headers.")
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
  ],
  targets: [
    // MARK: - The library
    .target(
      name: "Recurrent",
      dependencies: ["COpenBLAS", "CRecurrentKernels"],
      swiftSettings: strict),
    .target(
      name: "RecurrentTraining",
      dependencies: ["Recurrent", "RecurrentFormats", "RecurrentPictures", "CLAPACKE"],
      swiftSettings: strict),
    .target(
      name: "RecurrentFormats",
      dependencies: [
        "Recurrent",
        .target(name: "CHDF5", condition: .when(traits: ["HDF5"])),
        .target(name: "CZlib", condition: .when(traits: ["HDF5"])),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "RecurrentTool",
      dependencies: [
        "Recurrent", "RecurrentFormats", "RecurrentONNX", "RecurrentTraining", "RecurrentVerification",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    .target(name: "CRecurrent"),
    .target(
      name: "RecurrentC",
      dependencies: ["CRecurrent", "Recurrent", "RecurrentFormats"],
      swiftSettings: strict),
    .target(
      name: "RecurrentONNX",
      dependencies: ["Recurrent", "ONNXSchema", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
      swiftSettings: strict),

    // MARK: - What it stands on
    .target(  // pages of HTML with pictures in SVG
      name: "RecurrentPictures",
      swiftSettings: strict),
    .target(  // generated, and so without our settings
      name: "ONNXSchema",
      dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")],
      exclude: ["onnx.proto", "generate.sh"]),
    .target(
      name: "CRecurrentKernels",
      exclude: ["coefficients"],
      cSettings: [.headerSearchPath("."), .treatAllWarnings(as: .error)],
      linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
    .systemLibrary(
      name: "COpenBLAS",
      pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .systemLibrary(
      name: "CLAPACKE",
      pkgConfig: "lapacke",
      providers: [.apt(["liblapacke-dev"]), .brew(["lapack"])]),
    .systemLibrary(
      name: "CHDF5",
      pkgConfig: "hdf5",
      providers: [.apt(["libhdf5-dev"]), .brew(["hdf5"])]),
    .systemLibrary(
      name: "CZlib",
      pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),

    // MARK: - Measuring and testing
    .target(
      name: "RecurrentVerification",
      dependencies: ["Recurrent"],
      swiftSettings: strict),
    .target(
      name: "CMachineRoof",
      path: "Benchmarks/CMachineRoof",
      cSettings: [.headerSearchPath("../../Sources/CRecurrentKernels"), .treatAllWarnings(as: .error)]),
    .target(
      name: "CAllocationCounter",
      path: "Benchmarks/CAllocationCounter",
      cSettings: [.treatAllWarnings(as: .error)]),
    .executableTarget(
      name: "bench",
      dependencies: [
        "Recurrent", "RecurrentPictures", "RecurrentVerification", "CAllocationCounter", "CMachineRoof",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Histogram", package: "hdrhistogram-swift"),
      ],
      path: "Benchmarks/bench",
      resources: [.embedInCode("Suites"), .embedInCode("../peers/peers.py")],
      swiftSettings: strict),
    .target(
      name: "CTests",
      dependencies: ["CRecurrent"],
      path: "Tests/CTests",
      exclude: ["exports", "header.cpp", "main.c"],
      cSettings: [.treatAllWarnings(as: .error)]),
    .testTarget(
      name: "RecurrentCTests",
      dependencies: ["CTests", "CRecurrent", "RecurrentC", "CAllocationCounter"],
      swiftSettings: strict),
    .testTarget(
      name: "RecurrentTests",
      dependencies: [
        "Recurrent", "RecurrentFormats", "RecurrentTraining", "RecurrentVerification", "CAllocationCounter",
      ],
      resources: [.copy("Goldens")],
      swiftSettings: strict),
    .testTarget(
      name: "RecurrentFormatsTests",
      dependencies: ["Recurrent", "RecurrentFormats", "RecurrentTool", "RecurrentVerification"],
      resources: [.copy("Goldens")],
      swiftSettings: strict),
    .testTarget(
      name: "RecurrentONNXTests",
      dependencies: [
        "Recurrent", "RecurrentONNX", "RecurrentVerification", "ONNXSchema",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      resources: [.copy("Goldens")],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu17
)
