/**
 * Whether an upstream may set this cookie: not one of ours, and none that hosts beside its own would send (decision 44).
 */
export function maySetCookie(line: string, host: string, ownCookies: readonly string[]): boolean {
  const [pair = '', ...attributes] = line.split(';')
  const at = pair.indexOf('=')
  // RFC 6265bis §5.6: without `=` all of it is the value of a cookie without a name, which would be sent as it stands.
  const name = (at === -1 ? pair : pair.slice(0, at) || pair.slice(1)).trim().toLowerCase()
  if (ownCookies.some((own) => name === own.toLowerCase() || name.startsWith(`${own.toLowerCase()}=`))) return false
  return attributes.every((attribute) => {
    const [key = '', value = ''] = attribute.split('=')
    if (key.trim().toLowerCase() !== 'domain') return true
    const domain = value.trim().replace(/^\./, '').toLowerCase()
    return domain === '' || domain === host
  })
}

/**
 * What of `Clear-Site-Data` concerns this host alone: browsers clear cookies for the whole domain around it, and people's
 * sessions with us among them.
 */
export const clearedHere = (value: string): string =>
  value
    .split(',')
    .map((each) => each.trim())
    .filter((each) => /^"(?:cache|storage|executionContexts)"$/.test(each))
    .join(', ')

/** What the browser sent without what is ours; empty where nothing is left. */
export function withoutCookies(header: string, names: readonly string[]): string {
  if (!names.some((name) => header.includes(name))) return header
  return header
    .split(';')
    .filter((part) => {
      const at = part.indexOf('=')
      return !names.includes((at === -1 ? part : part.slice(0, at)).trim())
    })
    .join(';')
    .trim()
}
