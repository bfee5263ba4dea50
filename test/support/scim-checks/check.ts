import type { ScimClient } from '../scim.ts'

export interface Ground {
  scim: ScimClient
  /** Another directory of the same instance. */
  other: ScimClient
  /** Without a token. */
  nobody: ScimClient
  /** A `userName` or `displayName` that nobody had. */
  fresh(kind?: string): string
}

/** One observation from outside, and the requirements that it shows to hold. */
export interface Check {
  covers: string[]
  title: string
  run(ground: Ground): Promise<void>
}
