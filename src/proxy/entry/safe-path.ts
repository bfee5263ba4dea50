/**
 * A path of the host that it is put behind, and nothing else: what a browser could read as another host (`//`, `\`), as a
 * scheme or as a second line becomes `/`.
 */
export function safePath(to: string | undefined): string {
  if (to === undefined || to.length > 4000 || !/^\/[\x21-\x7e]*$/.test(to) || to.includes('\\')) return '/'
  const url = URL.parse(to, 'http://host.invalid')
  if (url === null || url.host !== 'host.invalid' || url.pathname.startsWith('//')) return '/'
  // Ours: nobody is led round in circles, or signed out by a link.
  return isReserved(url.pathname) ? '/' : `${url.pathname}${url.search}`
}

/** What stands under `/.postern/` on the host of a route is answered here, and never reaches the tool. */
export const isReserved = (path: string): boolean => path === '/.postern' || path.startsWith('/.postern/')
