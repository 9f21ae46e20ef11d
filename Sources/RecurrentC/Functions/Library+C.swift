// Names and documentation are those of recurrent.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation

internal import CRecurrent
internal import Recurrent

/// Texts that live as long as the program.
private enum Text {
  static let version: StaticString = "0.1.0"
  static let empty: StaticString = ""

  static func pointer(_ text: StaticString) -> UnsafePointer<CChar> {
    unsafe UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
  }
}

@c @implementation
public func recurrent_version() -> UnsafePointer<CChar>? { unsafe Text.pointer(Text.version) }

@c @implementation
public func recurrent_error_message() -> UnsafePointer<CChar>? {
  unsafe ErrorMessage.current ?? Text.pointer(Text.empty)
}

@c @implementation
public func recurrent_instruction_set() -> UnsafePointer<CChar>? {
  switch InstructionSet.best {
  case .portable: unsafe Text.pointer("portable")
  case .neon: unsafe Text.pointer("neon")
  case .avx2: unsafe Text.pointer("avx2")
  case .avx512: unsafe Text.pointer("avx512")
  }
}
