/**
 * Plain `<a href>` links inside the console are followed without a page load, whoever drew them: a page, a component
 * that knows no router, or rendered Markdown. Downloads, other windows, other origins and modified clicks stay the
 * browser's own.
 */
export function followLinks(push: (href: string) => void): () => void {
  const onClick = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0) return
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    const link = event.target instanceof Element ? event.target.closest('a[href]') : null
    if (!(link instanceof HTMLAnchorElement)) return
    if (link.hasAttribute('download') || (link.target && link.target !== '_self')) return
    const url = new URL(link.href)
    if (url.origin !== location.origin || !isConsolePath(url.pathname)) return
    event.preventDefault()
    push(`${url.pathname}${url.search}${url.hash}`)
  }
  document.addEventListener('click', onClick)
  return () => document.removeEventListener('click', onClick)
}

/** Everything else of this origin is served by the server itself. */
export const isConsolePath = (path: string) =>
  !path.startsWith('/api/') && !path.startsWith('/assets/') && !/^\/[^/]+\/[^/]+\.git(\/|$)/.test(path)
