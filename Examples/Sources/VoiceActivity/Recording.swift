import Foundation

/// What is wrong with a file, as a sentence.
struct Unreadable: Error, CustomStringConvertible {
  let description: String
}

/// The samples of a WAV file: one channel of 16 bits at 16 kHz.
struct Recording {
  /// Each in -1...1.
  let samples: [Float]

  /// Reads a file.
  init(contentsOf path: String) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    guard bytes.count >= 12, bytes[0..<4] == "RIFF", bytes[8..<12] == "WAVE" else {
      throw Unreadable(description: "it does not begin as a WAV file does")
    }
    var isFormatKnown = false
    var start = 12
    while start + 8 <= bytes.count {
      let name = bytes[start..<start + 4]
      let chunk = bytes[(start + 8)...].prefix(Self.number(bytes[start + 4..<start + 8]))
      if name == "fmt ", chunk.count >= 16 {
        let at = chunk.startIndex
        let (kind, channels) = (Self.number(chunk[at..<at + 2]), Self.number(chunk[at + 2..<at + 4]))
        let (rate, bits) = (Self.number(chunk[at + 4..<at + 8]), Self.number(chunk[at + 14..<at + 16]))
        guard (kind, channels, rate, bits) == (1, 1, VoiceActivityModel.sampleRate, 16) else {
          throw Unreadable(
            description: "kind \(kind), \(channels) channels, \(bits) bits at \(rate) Hz, not kind 1, 1, 16 and 16000")
        }
        isFormatKnown = true
      } else if name == "data", isFormatKnown {
        samples = stride(from: chunk.startIndex, to: chunk.endIndex - 1, by: 2).map {
          Float(Int16(truncatingIfNeeded: Self.number(chunk[$0..<$0 + 2]))) / 32768
        }
        return
      }
      start = chunk.endIndex + chunk.count % 2
    }
    throw Unreadable(description: "there are no samples behind a format")
  }

  /// A number in little-endian bytes.
  private static func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reversed().reduce(0) { $0 << 8 | Int($1) } }
}

private func == (bytes: ArraySlice<UInt8>, text: String) -> Bool { bytes.elementsEqual(text.utf8) }
