import { parentPort, workerData } from 'node:worker_threads'
import { compareSync } from 'bcryptjs'

/** One comparison in a thread of its own: it computes for up to a second, and requests go on meanwhile. */
const { password, hash } = workerData as { password: string; hash: string }
// eslint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort?.postMessage(compareSync(password, hash))
