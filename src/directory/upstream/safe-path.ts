/** Where to go after sign-in: a path of this origin, else home. `//host`, `/\host` and schemes are other origins. */
export function safePath(wanted: string | undefined, origin: string): string {
  if (!wanted?.startsWith('/')) return '/'
  const url = URL.parse(wanted, origin)
  return url?.origin === origin ? `${url.pathname}${url.search}${url.hash}` : '/'
}
