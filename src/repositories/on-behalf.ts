import { AsyncLocalStorage } from 'node:async_hooks'
import type { StreamHolder } from './stream-shares.ts'

const holders = new AsyncLocalStorage<StreamHolder | undefined>()

/** For whom the work runs that asks; undefined where it is the server's own. */
export const currentHolder = (): StreamHolder | undefined => holders.getStore()

/** Each short run of git that `work` asks for, however deep, takes from this one's share. */
export const onBehalfOf = <Result>(holder: StreamHolder, work: () => Result): Result => holders.run(holder, work)

/** What somebody set off and nobody waits for, few at a time and for long, takes from nobody's. */
export const onOwnBehalf = <Result>(work: () => Result): Result => holders.run(undefined, work)
