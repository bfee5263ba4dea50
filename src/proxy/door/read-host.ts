/** RFC 9112 §3.2: one name, perhaps a port, and nothing around them. */
export interface ReadHost {
  /** In small letters, without port or trailing dot. */
  host: string
  port: string
  /** With the dot that makes it another site to browsers. */
  isDotted: boolean
}

const usualPorts: Record<string, string> = { 'http:': '80', 'https:': '443' }

/** @param protocol whose usual port counts as none */
export function readHost(value: string, protocol = ''): ReadHost | undefined {
  const [, name, dot, port = ''] = /^([a-z\d_-]+(?:\.[a-z\d_-]+)*)(\.)?(?::(\d{1,5}))?$/i.exec(value) ?? []
  return name === undefined
    ? undefined
    : { host: name.toLowerCase(), port: port === usualPorts[protocol] ? '' : port, isDotted: dot === '.' }
}
