import { hasCode } from './problem.ts'

/** What git does for pages takes turns: whoever finds none free asks again, three times. */
export const retryWhenBusy = (failures: number, reason: unknown): boolean =>
  hasCode(reason, 'git-busy', 'unreachable') && failures < 3
