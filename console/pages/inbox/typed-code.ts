/** Letters and digits of a short code or a whole one, and of a pasted link; null while it is too short to be one. */
export function typedCode(typed: string): string | null {
  const last = typed.trim().split('/').at(-1) ?? ''
  const code = last.replaceAll(/[^A-Za-z0-9]/g, '')
  return code.length >= 6 ? code : null
}
