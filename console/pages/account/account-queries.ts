import { getQuery } from '../../api/queries.ts'
import type {
  ApiTokenView,
  CertificateAuthorityView,
  CertificateView,
  CredentialView,
  Items,
  NotificationView,
  Profile,
  ProgramView,
  SessionView,
  SshKeyList,
} from '../../api/shapes.ts'

export const credentialsQuery = getQuery<Items<CredentialView>>('/me/credentials')
export const sessionsQuery = getQuery<Items<SessionView>>('/me/sessions')
export const programsQuery = getQuery<Items<ProgramView>>('/me/programs')
export const tokensQuery = getQuery<Items<ApiTokenView>>('/me/tokens')
export const notificationsQuery = getQuery<NotificationView>('/me/notifications')
export const profileQuery = getQuery<Profile>('/me/profile')
export const sshKeysQuery = getQuery<SshKeyList>('/me/ssh-keys')
export const certificatesQuery = getQuery<Items<CertificateView>>('/me/ssh/certificates')
export const certificateAuthorityQuery = getQuery<CertificateAuthorityView>('/ssh/ca')
