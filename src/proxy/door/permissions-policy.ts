/** No page behind the proxy asks a key for anything (decision 5): a signature could be one over a merge. */
export const withoutKeys = 'publickey-credentials-get=(), publickey-credentials-create=()'

// RFC 8941 §3.2 as far as this header uses it. What does not read as that would take our own part down with it.
const source = String.raw`(?:\*|self|src|"[\x20\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]*")`
const member = new RegExp(
  String.raw`^\s*([a-z*][a-z0-9_.*-]*)=(?:\*|self|src|\(\s*(?:${source}(?:\s+${source})*)?\s*\))\s*$`,
)

/** What the upstream asks for itself, without what it may not have. */
export function mergePermissions(lines: readonly string[]): string {
  const members = lines.join(',').split(',')
  if (!members.every((each) => member.test(each))) return withoutKeys
  const own = members.filter((each) => !/^\s*publickey-credentials-/.test(each)).map((each) => each.trim())
  return [...own, withoutKeys].join(', ')
}
