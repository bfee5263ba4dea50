import { signInByBrowser } from './browser-sign-in.ts'
import { signInByDevice } from './device-sign-in.ts'
import type { Endpoints, Tokens } from './oauth.ts'
import { openBrowser } from './open-browser.ts'
import type { Output } from './output.ts'

export const gitScope = 'repository:read repository:write'
export const loginScope = `${gitScope} ssh:certificate`

/** What a command is given: what it speaks to, the environment it was started in, and time. */
export interface ClientParts {
  output: Output
  env: NodeJS.ProcessEnv
  now: () => number
  wait: (ms: number) => Promise<unknown>
}

/** Asks the person for a tap, here or on another machine. @throws ClientError */
export const signIn = (
  endpoints: Endpoints,
  { scope, isDevice }: { scope: string; isDevice: boolean },
  { output, env, now, wait }: ClientParts,
): Promise<Tokens> =>
  isDevice
    ? signInByDevice(endpoints, scope, { output, now, wait })
    : signInByBrowser(endpoints, scope, { output, now, open: (url) => openBrowser(url, env) })
