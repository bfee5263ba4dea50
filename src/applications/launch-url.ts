import { invalid } from '../http/problem.ts'

/** @throws 422 for what is not a page of the web: a click on Home must never run anything */
export function checkLaunchUrl(launchUrl: string | null | undefined): void {
  if (launchUrl === null || launchUrl === undefined) return
  const url = URL.parse(launchUrl)
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.username || url.password)
    throw invalid('launchUrl', 'Where Home leads has to be an address that begins with https:// or http://.')
}
