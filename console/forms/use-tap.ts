import { startAuthentication, type PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/browser'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api/client.ts'
import { getQuery, queryClient } from '../api/queries.ts'
import type { SealAttempt, SealMade, SealRequest } from '../api/shapes.ts'
import { webauthnProblem } from './webauthn-problem.ts'

export interface UseTapOptions {
  sealRequestId: string
  /** The seal is made: act with it. While this runs the button waits; what it throws is shown beside the button. */
  onSealed: (made: SealMade) => unknown
  /** The statement is fixed from here on: its bytes and digest. */
  onAttempt?: ((attempt: SealAttempt) => void) | undefined
}

export type Credential = SealRequest['credentials'][number]

/**
 * One seal request and the taps at it. Each tap opens a fresh attempt with the chosen credential, so that a closed
 * prompt or a wrong key costs nothing: the request stays until it is sealed, refused or expired.
 */
export function useTap({ sealRequestId, onSealed, onAttempt }: UseTapOptions) {
  const path = `/seal-requests/${encodeURIComponent(sealRequestId)}`
  const request = useQuery({ ...getQuery<SealRequest>(path), staleTime: Infinity })
  const [chosenId, choose] = useState<string | null>(null)
  const usable = request.data?.credentials.filter((credential) => !credential.refusal) ?? []
  const credential = usable.find(({ id }) => id === chosenId) ?? usable[0] ?? null

  const tap = useMutation({
    mutationFn: async () => {
      const attempt = await api.post<SealAttempt>(`${path}/attempts`, credential ? { credentialId: credential.id } : {})
      onAttempt?.(attempt)
      const made = await api.post<SealMade>(`${path}/attempts/${encodeURIComponent(attempt.id)}`, {
        response: await askKey(attempt.publicKey as PublicKeyCredentialRequestOptionsJSON),
      })
      await onSealed(made)
      return made
    },
    onError: () => void queryClient.invalidateQueries({ queryKey: [path] }),
  })
  return { request, credential, choose, tap }
}

async function askKey(optionsJSON: PublicKeyCredentialRequestOptionsJSON) {
  try {
    return await startAuthentication({ optionsJSON })
  } catch (error) {
    throw webauthnProblem(error, 'tap')
  }
}
