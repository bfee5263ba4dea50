import { getQuery } from '../../api/queries.ts'
import type { ApiTokenView, CredentialView, Items, NotificationView, Profile, SessionView } from '../../api/shapes.ts'

export const credentialsQuery = getQuery<Items<CredentialView>>('/me/credentials')
export const sessionsQuery = getQuery<Items<SessionView>>('/me/sessions')
export const tokensQuery = getQuery<Items<ApiTokenView>>('/me/tokens')
export const notificationsQuery = getQuery<NotificationView>('/me/notifications')
export const profileQuery = getQuery<Profile>('/me/profile')
