import type { App } from '../http/app.ts'
import type { MergeReleaseParts } from './merge.ts'
import { reviewRoutes } from './review/routes.ts'
import { changeRoutes } from './routes/change.ts'
import { mergeRoutes } from './routes/merge.ts'
import { proposalRoutes } from './routes/pull-requests.ts'

/**
 * `pull-requests/` owns proposals to change a branch, from the first to the merge. It moves no ref by itself: it asks
 * `repositories/` to, and for a merge only with a seal that stands for exactly that commit.
 */
export function pullRequestRoutes(app: App, parts: MergeReleaseParts): void {
  proposalRoutes(app, parts)
  changeRoutes(app, parts)
  reviewRoutes(app, parts)
  mergeRoutes(app, parts)
}
