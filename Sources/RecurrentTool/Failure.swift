import ArgumentParser
import Foundation
import RecurrentFormats
import RecurrentONNX

/// Why a command stops: a sentence, and an exit status of sysexits.h.
struct Failure: Error {
  /// EX_DATAERR: a file is not what it should be.
  static let badData: Int32 = 65
  /// EX_NOINPUT: a file is not there, or must not be read.
  static let noInput: Int32 = 66
  /// EX_CANTCREAT: a file cannot be written.
  static let cannotCreate: Int32 = 73

  let status: Int32
  let message: String

  /// A file's content contradicts what is asked for.
  static func badData(_ path: String, _ reason: String) -> Failure {
    Failure(status: badData, message: "\(path): \(reason)")
  }

  /// What `body` reads from a file.
  static func reading<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    do {
      #if HDF5
        return try readingKeras(path, body)
      #else
        return try body()
      #endif
    } catch TensorFileError.system(let error), NumPyError.system(let error) {
      throw Failure(status: noInput, message: error.description)
    } catch let error as TensorFileError {
      throw Failure.badData(path, error.description)
    } catch let error as NumPyError {
      throw Failure.badData(path, error.description)
    } catch ONNXError.unreadable(_, let reason) {
      throw Failure(status: noInput, message: "\(path): \(reason)")
    } catch let error as ONNXError {
      throw Failure.badData(path, error.description)
    }
  }

  #if HDF5
    private static func readingKeras<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
      do {
        return try body()
      } catch KerasError.system(let error) {
        throw Failure(status: noInput, message: error.description)
      } catch let error as KerasError {
        throw Failure.badData(path, error.description)
      }
    }
  #endif

  /// What `body` writes to a file.
  static func writing(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch TensorFileError.system(let error), NumPyError.system(let error) {
      throw Failure(status: cannotCreate, message: error.description)
    }
  }

  /// What `body` writes to a file by way of Foundation.
  static func writing(_ path: String, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as CocoaError {
      throw Failure(status: cannotCreate, message: "\(path): \(error.localizedDescription)")
    }
  }
}

/// A command that says why it stops on the standard error, and exits with the status of the failure.
protocol Command: ParsableCommand {
  /// Does the work.
  func perform() throws
}

extension Command {
  func run() throws {
    do {
      try perform()
    } catch let failure as Failure {
      try? FileHandle.standardError.write(contentsOf: Data("recurrent: \(failure.message)\n".utf8))
      throw ExitCode(failure.status)
    }
  }
}
