import Foundation
import Testing

/// Every sample of README and articles compiles as it stands.
@Suite struct SampleTests {
  @Test func areThere() {
    #expect(Sample.all.count > 10)
    #expect(Set(Sample.all.map(\.file)).count > 3)
  }

  @Test(arguments: Sample.all.filter(\.canCompile))
  func compiles(_ sample: Sample) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "sample-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let program = folder.appending(path: "main.swift")
    try sample.code.write(to: program, atomically: false, encoding: .utf8)

    let (status, messages) = try run(
      ["swiftc", "-swift-version", "6", "-warnings-as-errors", "-c", program.path]
        + ["-o", folder.appending(path: "main.o").path] + modules(for: sample))
    #expect(status == 0, "\(sample.testDescription)\n\(messages)")
  }

  /// Where the compiler finds what a sample imports: a manifest the package manager's own module; a program those that
  /// these tests were built with, and the C modules below them.
  private func modules(for sample: Sample) throws -> [String] {
    guard !sample.code.contains("import PackageDescription") else {
      return ["-package-description-version", "6.3.0", "-I", try manifestModules()]
    }
    // On Linux the folder of the program that runs, on macOS that of its bundle.
    let folders = [Bundle.main.bundleURL, Bundle.main.bundleURL.deletingLastPathComponent()]
    let built = try #require(
      folders.map { $0.appending(path: "Modules") }.first {
        FileManager.default.fileExists(atPath: $0.appending(path: "Recurrent.swiftmodule").path)
      })
    let sources = Sample.root.appending(path: "Sources")
    let c = ["COpenBLAS", "CLAPACKE", "CRecurrentKernels/include", "CRecurrent/include", "CHDF5", "CZlib"]
    return try ["-I", built.path] + c.flatMap { ["-I", sources.appending(path: $0).path] } + traitModules()
  }

  /// Where the headers are that a trait of this build asks for.
  private func traitModules() throws -> [String] {
    #if HDF5
      try run(["pkg-config", "--cflags-only-I", "hdf5"]).output.split { $0.isWhitespace }.map(String.init)
    #else
      []
    #endif
  }

  /// The folder of the module PackageDescription, beside the compiler.
  private func manifestModules() throws -> String {
    let path = try run(["which", "swiftc"]).output
    return URL(filePath: path.trimmingCharacters(in: .newlines)).resolvingSymlinksInPath().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "lib/swift/pm/ManifestAPI").path
  }

  /// Runs a command, and waits for its end.
  private func run(_ command: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, output)
  }
}
