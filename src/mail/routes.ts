import { Type } from 'typebox'
import type { App } from '../http/app.ts'
import { Nullable } from '../http/shapes.ts'
import type { Mail } from './mail.ts'

const MailView = Type.Object({
  isMailSetUp: Type.Boolean(),
  /** The address letters come from. */
  from: Nullable(Type.String()),
  waiting: Type.Integer(),
  failed: Type.Integer(),
  /** What the mail server said when a letter last could not be sent. */
  lastError: Nullable(Type.String()),
})

/** Whether letters go out, for administrators. */
export function mailRoutes(app: App, { mail }: { mail: Mail }): void {
  app.get('/api/v1/mail', {
    config: { access: 'organisation:admin' },
    schema: { response: { 200: MailView } },
    async handler() {
      return { isMailSetUp: mail.from !== null, from: mail.from, ...(await mail.count()) }
    },
  })
}
