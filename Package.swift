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
  ],
  targets: [
    // MARK: - The library
    .target(
      name: "Recurrent",
      dependencies: ["CRecurrentKernels"],
      swiftSettings: strict),

    // MARK: - What it stands on
    .target(
      name: "CRecurrentKernels",
      exclude: ["coefficients"],
      cSettings: [.headerSearchPath("."), .treatAllWarnings(as: .error)],
      linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),

    // MARK: - Measuring and testing
    .testTarget(
      name: "RecurrentTests",
      dependencies: ["Recurrent"],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu17
)
