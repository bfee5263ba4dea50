/** The two cookies of a browser: its session, and the mark that binds ceremonies before one exists. */
export interface CookieNames {
  session: string
  browser: string
  secure: boolean
}

/**
 * `__Host-` names keep other hosts and paths from planting a cookie. On http://localhost, where browsers refuse that
 * prefix and share cookies among ports, the port is part of the name.
 */
export function cookieNames(url: URL): CookieNames {
  const secure = url.protocol === 'https:'
  const prefix = secure ? '__Host-postern' : `postern-${url.port === '' ? '80' : url.port}`
  return { session: `${prefix}-session`, browser: `${prefix}-browser`, secure }
}

export function readCookie(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined
  let found: string | undefined
  for (const part of header.split(';')) {
    const at = part.indexOf('=')
    if (at === -1 || part.slice(0, at).trim() !== name) continue
    // Two cookies of one name mean that somebody planted one: trust neither.
    if (found !== undefined) return undefined
    found = part.slice(at + 1).trim()
  }
  return found
}

export function renderCookie(name: string, value: string, options: { secure: boolean; maxAgeSeconds: number }): string {
  const secure = options.secure ? '; Secure' : ''
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${options.maxAgeSeconds}${secure}`
}
