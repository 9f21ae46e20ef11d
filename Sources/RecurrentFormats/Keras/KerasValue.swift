#if HDF5
  #if canImport(FoundationEssentials)
    internal import FoundationEssentials
  #else
    internal import Foundation
  #endif

  /// What a model's configuration is made of: any JSON.
  enum KerasValue: Sendable, Equatable {
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([KerasValue])
    case object([String: KerasValue])

    /// Reads a text.
    init(parsing text: String) throws(KerasError) {
      do {
        self = try JSONDecoder().decode(KerasValue.self, from: Data(text.utf8))
      } catch {
        throw .badFile("the model's configuration is not JSON")
      }
    }

    /// A member of an object; nil where there is none.
    subscript(name: String) -> KerasValue? {
      if case .object(let members) = self { members[name] } else { nil }
    }

    /// The text, where it is one.
    var text: String? {
      if case .text(let text) = self { text } else { nil }
    }

    /// The elements, where it is a list.
    var list: [KerasValue]? {
      if case .list(let elements) = self { elements } else { nil }
    }
  }

  extension KerasValue: Decodable {
    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .null
      } else if let flag = try? container.decode(Bool.self) {
        self = .flag(flag)
      } else if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else if let text = try? container.decode(String.self) {
        self = .text(text)
      } else if let elements = try? container.decode([KerasValue].self) {
        self = .list(elements)
      } else {
        self = .object(try container.decode([String: KerasValue].self))
      }
    }
  }

  extension KerasValue: CustomStringConvertible {
    /// The value as messages show it.
    var description: String {
      switch self {
      case .null: "null"
      case .flag(let flag): "\(flag)"
      case .number(let number): Int(exactly: number).map { "\($0)" } ?? "\(number)"
      case .text(let text): "'\(text)'"
      case .list(let elements): "a list of \(elements.count)"
      case .object(let members): members["class_name"].map { "an object of class \($0)" } ?? "an object"
      }
    }
  }
#endif
