import { type Static, Type } from 'typebox'
import { Time } from '../http/shapes.ts'

/** How somebody is told that something waits for their tap. */
export const NotificationView = Type.Object({
  letters: Type.Object({ isMailSetUp: Type.Boolean(), isOn: Type.Boolean() }),
  push: Type.Object({
    /** For `PushManager.subscribe`. */
    publicKey: Type.String(),
    browsers: Type.Array(Type.Object({ id: Type.String(), userAgent: Type.String(), createdAt: Time })),
  }),
})
export type NotificationView = Static<typeof NotificationView>

export const NewPushSubscription = Type.Object(
  {
    endpoint: Type.String({ minLength: 10, maxLength: 2_000 }),
    keys: Type.Object(
      { p256dh: Type.String({ maxLength: 100 }), auth: Type.String({ maxLength: 50 }) },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
)
export type NewPushSubscription = Static<typeof NewPushSubscription>
