import { startAuthentication, type PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/browser'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api } from '../api/client.ts'
import { getQuery, queryClient } from '../api/queries.ts'
import type { SealAttempt, SealMade, SealRequest } from '../api/shapes.ts'
import { webauthnProblem } from './webauthn-problem.ts'

export interface UseTapOptions {
  sealRequestId: string
  /** The seal is made: act with it. While this runs the button waits; what it throws is shown beside the button. */
  onSealed: (made: SealMade) => unknown
  /** The statement is fixed for the chosen key: its bytes and digest. Before the tap, and again for another key. */
  onAttempt?: ((attempt: SealAttempt) => void) | undefined
  /** A tap began, or ended by any way. */
  onTapping?: ((isTapping: boolean) => void) | undefined
}

export type Credential = SealRequest['credentials'][number]

/**
 * One seal request and the taps at it. An attempt stands ready for the chosen key before the button is pressed, so that
 * what is signed can be shown and the press asks the key at once. Each tap uses one up: a closed prompt or a wrong key
 * costs nothing, the request stays until it is sealed, refused or expired.
 */
export function useTap({ sealRequestId, onSealed, onAttempt, onTapping }: UseTapOptions) {
  const path = `/seal-requests/${encodeURIComponent(sealRequestId)}`
  const request = useQuery({
    ...getQuery<SealRequest>(path),
    staleTime: Infinity,
    // Whoever lacks a key adds one in another tab, and comes back.
    refetchOnWindowFocus: ({ state }) => (state.data?.credentials.every(({ refusal }) => refusal) ? 'always' : false),
  })
  const [chosenId, choose] = useState<string | null>(null)
  const usable = request.data?.credentials.filter((credential) => !credential.refusal) ?? []
  const credential = usable.find(({ id }) => id === chosenId) ?? usable[0] ?? null

  const tapHere = async (): Promise<SealMade> => {
    const attempt = isFresh(armed.data) ? armed.data : await arm()
    return api.post<SealMade>(`${path}/attempts/${encodeURIComponent(attempt.id)}`, {
      response: await askKey(attempt.publicKey as PublicKeyCredentialRequestOptionsJSON),
    })
  }
  /** With a seal that was made on another device, goes on with that one. */
  const tap = useMutation({
    onMutate: () => onTapping?.(true),
    onSettled: () => onTapping?.(false),
    mutationFn: async (elsewhere: SealMade | null): Promise<SealMade> => {
      const made = elsewhere ?? (await tapHere())
      await onSealed(made)
      return made
    },
    onError: () => {
      void request.refetch()
      void queryClient.resetQueries({ queryKey: [path, 'attempt'] })
    },
  })

  const arm = () => api.post<SealAttempt>(`${path}/attempts`, credential ? { credentialId: credential.id } : {})
  const armed = useQuery({
    queryKey: [path, 'attempt', credential?.id],
    queryFn: arm,
    enabled: credential !== null && request.data?.state === 'open' && !tap.isSuccess,
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
  useEffect(() => {
    if (armed.data) onAttempt?.(armed.data)
    // The caller’s function may be another one at each drawing; what it is told is the attempt.
  }, [armed.data])
  return { request, credential, choose, tap }
}

const isFresh = (attempt: SealAttempt | undefined): attempt is SealAttempt =>
  attempt !== undefined && attempt.expiresAt > Date.now()

async function askKey(optionsJSON: PublicKeyCredentialRequestOptionsJSON) {
  try {
    return await startAuthentication({ optionsJSON })
  } catch (error) {
    throw webauthnProblem(error, 'tap')
  }
}
