/** What our own address for signing in takes along. */
const longest = 4000

/**
 * A path of the host that it is put behind, and nothing else: what a browser could read as another host (`//`, `\`), as a
 * scheme or as a second line becomes `/`.
 */
export function safePath(to: string | undefined): string {
  if (to === undefined || to.length > longest || !/^\/[\x21-\x7e]*$/.test(to) || to.includes('\\')) return '/'
  const url = URL.parse(to, 'http://host.invalid')
  if (url === null || url.host !== 'host.invalid' || url.pathname.startsWith('//')) return '/'
  const path = `${url.pathname}${url.search}`
  // Ours: nobody is led round in circles, or signed out by a link.
  return isReserved(url.pathname) || path.length > longest ? '/' : path
}

/** What stands under `/.postern/` on the host of a route is answered here, and never reaches the tool. */
export const isReserved = (path: string): boolean => path === '/.postern' || path.startsWith('/.postern/')
