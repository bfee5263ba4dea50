/**
 * What a comment suggests for its thread's lines: the lines of the first fenced block marked `suggestion`, of which there
 * may be none. Null where there is no such block.
 */
export function findSuggestion(body: string): string[] | null {
  const lines = body.split(/\r\n|\n|\r/)
  for (const [at, line] of lines.entries()) {
    const [, indent = '', fence] = /^( {0,3})(`{3,})suggestion[ \t]*$/.exec(line) ?? []
    if (fence === undefined) continue
    const rest = lines.slice(at + 1)
    const end = rest.findIndex((other) => new RegExp(`^ {0,3}\`{${fence.length},}[ \\t]*$`).test(other))
    // As in Markdown: a block that nobody closes goes on to the end.
    const inside = end === -1 ? rest : rest.slice(0, end)
    return inside.map((text) => text.replace(new RegExp(`^ {0,${indent.length}}`), ''))
  }
  return null
}

/**
 * The file with lines `start` to `end` replaced, counted from 1. Bytes around them stay as they are; new lines end as the
 * replaced ones do, and a file that did not end with a newline does not get one. Undefined where it has no such lines.
 */
export function replaceLines(
  content: Buffer,
  { start, end }: { start: number; end: number },
  lines: readonly string[],
): Buffer | undefined {
  const starts = lineStarts(content)
  const from = starts[start - 1]
  const last = starts[end - 1]
  if (from === undefined || last === undefined || start > end) return undefined
  const to = starts[end] ?? content.length
  const isCutOff = to === content.length && content.at(-1) !== 0x0a
  const ending = endingOf(content, starts, start - 1)
  const replacement = lines.join(ending) + (lines.length > 0 && !isCutOff ? ending : '')
  const before = content.subarray(0, from)
  // The line before becomes the last one, and takes over that it has no newline.
  const kept = lines.length === 0 && isCutOff ? withoutEnding(before) : before
  return Buffer.concat([kept, Buffer.from(replacement), content.subarray(to)])
}

function lineStarts(content: Buffer): number[] {
  const starts: number[] = content.length === 0 ? [] : [0]
  for (let at = content.indexOf(0x0a); at !== -1 && at + 1 < content.length; at = content.indexOf(0x0a, at + 1))
    starts.push(at + 1)
  return starts
}

/** How this line ends, or, where it is the last and has no newline, the one before it. */
function endingOf(content: Buffer, starts: readonly number[], index: number): '\n' | '\r\n' {
  const next = starts[index + 1] ?? (content.at(-1) === 0x0a ? content.length : starts[index])
  return next !== undefined && next >= 2 && content[next - 2] === 0x0d && content[next - 1] === 0x0a ? '\r\n' : '\n'
}

function withoutEnding(content: Buffer): Buffer {
  if (content.at(-1) !== 0x0a) return content
  return content.subarray(0, content.at(-2) === 0x0d ? -2 : -1)
}
