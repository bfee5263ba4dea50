/** Where browsers reach a route: its host, by the scheme and port of the instance. */
export function routeOrigin(origin: string, host: string): string {
  const url = new URL(origin)
  url.hostname = host
  return url.origin
}
