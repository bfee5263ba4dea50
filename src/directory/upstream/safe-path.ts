/** It waits here until somebody comes back: the question of a tool may carry much, and strangers leave no more. */
const longest = 4_000

/** Where to go after sign-in: a path of this origin, else home. `//host`, `/\host` and schemes are other origins. */
export function safePath(wanted: string | undefined, origin: string): string {
  if (!wanted?.startsWith('/') || wanted.length > longest) return '/'
  const url = URL.parse(wanted, origin)
  // A parser takes `/./` and the like away, and what is left may begin with two slashes.
  return url?.origin === origin && !url.pathname.startsWith('//') ? `${url.pathname}${url.search}${url.hash}` : '/'
}
