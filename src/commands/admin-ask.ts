import { createAttestation } from '../attestation/attestation.ts'
import type { Config } from '../config.ts'
import { findCurrent, policyOf } from '../guardrails/in-force.ts'
import { withOwnDatabase } from './admin-place.ts'
import { type AdminAnswers, type AdminRequest, answerAdmin, askRunningServer } from './admin-socket.ts'
import { endWithoutServer } from './end-without-server.ts'
import { readHostKey } from './read-host-key.ts'
import { CommandError } from './say.ts'

/** Asks the running server, or opens the data itself, locked, where none runs. @throws CommandError with its refusal */
export async function askOrOpen<Request extends AdminRequest>(
  config: Config,
  request: Request,
): Promise<AdminAnswers[Request['command']]> {
  const answer =
    (await askRunningServer(config.dataFolder, request)) ??
    (await withOwnDatabase(
      config,
      async (database) => {
        const instance = await database.read.selectFrom('instance').selectAll().executeTakeFirst()
        const place = instance ?? { rpId: config.rpId, origin: config.url.origin }
        const { refusedModelStatuses } = policyOf(await findCurrent(database.read))
        const refuseStatuses = (): string[] => refusedModelStatuses
        const attestation = createAttestation({ ...config.metadata, database, now: Date.now, refuseStatuses })
        const nobodyElse = { refresh: () => Promise.resolve() }
        return answerAdmin(
          {
            ceremonies: { database, place, now: Date.now },
            attestation,
            policy: nobodyElse,
            endByShell: (wanted) => endWithoutServer(config, database, wanted),
            ssh: () => readHostKey(config, database),
          },
          request,
        )
      },
      // Who prepares DNS or machines asks for it before the first start.
      { mayBeNew: request.command === 'ssh-host-key' },
    ))
  if ('error' in answer) throw new CommandError(answer.error)
  return answer
}
