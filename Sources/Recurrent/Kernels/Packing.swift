internal import CRecurrentKernels

// The C loops that fill panels, behind checked sizes.

extension AlignedBuffer where Element == Float {
  /// Packs some rows of a matrix as rows of a panel whose first one begins at `start`: from each row as many floats of
  /// every gate as the form has units, the first of them at `gateOffsets`.
  mutating func packPanel(
    _ form: PanelForm, at start: Int, from matrix: Span<Float>, stride: Int, rows: Range<Int>, gateOffsets: [Int]
  ) {
    guard !rows.isEmpty else { return }
    let read = (rows.upperBound - 1) * stride + gateOffsets.max()! + form.unitCount
    require(rows.lowerBound >= 0 && read <= matrix.count, "packPanel: up to element \(read) of \(matrix.count)")
    let written = start + rows.count * form.rowSize
    require(start >= 0 && written <= count, "packPanel: up to element \(written) of \(count)")
    unsafe matrix.withUnsafeBufferPointer { matrix in
      unsafe gateOffsets.withUnsafeBufferPointer { offsets in
        unsafe withAddress { packed in
          var pack = unsafe rk_panel_pack(
            rows: rows.count, gates: offsets.count, units: form.unitCount,
            matrix: matrix.baseAddress! + rows.lowerBound * stride, stride: stride, gate_offsets: offsets.baseAddress!,
            packed: packed + start, gate_stride: form.gateStride, row_stride: form.rowSize)
          unsafe rk_pack_panel(&pack)
        }
      }
    }
  }

  /// Packs the transpose of some rows and columns of a matrix, panel by panel, shared out over a team. What stands here
  /// does not matter.
  mutating func packTransposedPanels(
    of matrix: Span<Float>, stride: Int, rows: Range<Int>, columns: Range<Int>, width: Int, team: ThreadTeam
  ) {
    guard !rows.isEmpty, !columns.isEmpty else { return }
    let read = (rows.upperBound - 1) * stride + columns.upperBound
    require(
      rows.lowerBound >= 0 && columns.lowerBound >= 0 && read <= matrix.count,
      "packTransposedPanels: up to element \(read) of \(matrix.count)")
    let panelCount = (rows.count + width - 1) / width
    let panelSize = columns.count * width
    require(panelCount * panelSize <= count, "packTransposedPanels: \(panelCount * panelSize) elements in \(count)")
    let isWorthIt = rows.count * columns.count > Self.leastSharedPack
    unsafe matrix.withUnsafeBufferPointer { matrix in
      unsafe withAddress { packed in
        let (source, target) = unsafe (
          SharedRows(start: UnsafeMutablePointer(mutating: matrix.baseAddress!), stride: stride),
          SharedRows(start: packed, stride: panelSize)
        )
        let panels = unsafe TransposedPanels(source: source, target: target)
        team.run(parts: panelCount, members: isWorthIt ? team.memberCount : 1) { panel in
          let unit = panel * width
          if rows.count - unit < width { unsafe panels.target.from(panel).start.update(repeating: 0, count: panelSize) }
          var pack = unsafe rk_transposed_pack(
            units: min(width, rows.count - unit), columns: columns.count,
            matrix: panels.source.from(rows.lowerBound + unit).start + columns.lowerBound, stride: stride,
            packed: panels.target.from(panel).start, width: width)
          unsafe rk_pack_transposed(&pack)
        }
      }
    }
  }

  /// Numbers from which on packing is worth waking other threads for.
  private static var leastSharedPack: Int { 1 << 16 }
}

/// The addresses that members of a team share.
@safe
private struct TransposedPanels: @unchecked Sendable {
  /// Only read.
  let source: SharedRows
  let target: SharedRows
}
