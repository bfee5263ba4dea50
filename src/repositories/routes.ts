import type { App } from '../http/app.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import type { Projection } from './projection.ts'
import type { PushParts } from './push-parts.ts'
import type { RepositoryParts } from './repository-records.ts'
import { browseRoutes } from './routes/browse.ts'
import { downloadRoutes } from './routes/downloads.ts'
import { type EditRouteParts, editRoutes } from './routes/edits.ts'
import { type GitRouteParts, gitRoutes } from './routes/git.ts'
import { heldPushRoutes } from './routes/held-pushes.ts'
import { type LfsParts, lfsRoutes } from './routes/lfs.ts'
import { memberRoutes } from './routes/members.ts'
import { projectRoutes } from './routes/projects.ts'
import { protectionRoutes } from './routes/protection.ts'
import { pushCertificateRoutes } from './routes/push-certificates.ts'
import { refRoutes } from './routes/refs.ts'
import { repositoryRoutes } from './routes/repositories.ts'
import { tagRoutes } from './routes/tags.ts'
import type { TagParts } from './tags/tag-question.ts'

/**
 * `repositories/` owns projects, repositories, roles in them, and git: storage, refs, transports, browsing, and the
 * projection of seals. It is the only way to git, and it never judges a pull request.
 */
export function repositoriesRoutes(
  app: App,
  parts: RepositoryParts &
    GitRouteParts &
    EditRouteParts &
    LfsParts &
    TagParts & {
      policy: PolicyInForce
      projection: Projection
      afterPush: NonNullable<PushParts['afterPush']>
    },
): void {
  projectRoutes(app, parts)
  repositoryRoutes(app, parts)
  memberRoutes(app, parts)
  protectionRoutes(app, parts)
  browseRoutes(app, parts)
  downloadRoutes(app, parts)
  refRoutes(app, { ...parts, afterMove: parts.afterPush })
  tagRoutes(app, { ...parts, afterMove: parts.afterPush })
  gitRoutes(app, parts)
  lfsRoutes(app, parts)
  heldPushRoutes(app, parts)
  editRoutes(app, parts)
  pushCertificateRoutes(app, parts)
}
