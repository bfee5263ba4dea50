import { invalid } from '../http/problem.ts'

// Written out, so that a browser reads it as whoever taps does: it takes `https:name` for a place on this very site.
const written = /^https?:\/\/[^\s\p{C}\\]+$/u

/** @throws 422 for what is not a page of the web: a click on Home must never run anything */
export function checkLaunchUrl(launchUrl: string | null | undefined): void {
  if (launchUrl === null || launchUrl === undefined) return
  const url = URL.parse(launchUrl)
  if (url === null || !written.test(launchUrl) || url.username || url.password)
    throw invalid('launchUrl', 'Where Home leads has to be an address that begins with https:// or http://.')
}
