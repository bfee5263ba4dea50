import type { FastifyRequest } from 'fastify'
import type { Database } from '../database/handles.ts'
import { type CookieNames, readCookie } from '../http/cookies.ts'
import { ProblemError } from '../http/problem.ts'
import { hashSecret } from '../http/secret.ts'
import { getCaller } from '../identity/caller.ts'
import { createGuessBudget } from '../identity/recovery/guess-budget.ts'
import type { ClientCache } from './openid/client-cache.ts'
import { type Asked, findByUserCode, findInBrowser } from './asked.ts'

const wrongCodesOfAccount = 10
const wrongCodesFromAddress = 50

/** Finds the open question that a page is about. */
export function createAskedFinder(parts: {
  database: Database
  clients: ClientCache
  cookies: CookieNames
  now: () => number
}) {
  const { database, clients, cookies, now } = parts
  const ofAccount = createGuessBudget({ most: wrongCodesOfAccount, now })
  const fromAddress = createGuessBudget({ most: wrongCodesFromAddress, now })

  return {
    /** @throws 404 also where it began in another browser: whoever sends a link gets nobody's yes */
    async inBrowser(request: FastifyRequest, uid: string): Promise<Asked> {
      const mark = readCookie(request.headers.cookie, cookies.browser) ?? ''
      const asked = await findInBrowser(database.read, { uid, browserHash: hashSecret(mark) }, now())
      if (asked === undefined) throw nothingAsked()
      return withScopes(asked)
    },

    /** @throws 404 for a code that nothing shows, 429 after too many of them */
    async byCode(request: FastifyRequest, userCode: string): Promise<Asked> {
      const guesses = [
        { budget: ofAccount, name: getCaller(request).id },
        { budget: fromAddress, name: request.ip },
      ]
      const taken = guesses.map(({ budget, name }) => budget.take(name))
      if (taken.some(({ left }) => left === undefined)) throw tooManyCodes()
      const asked = await findByUserCode({ db: database.read, clients }, userCode, now())
      if (asked === undefined) throw noSuchCode()
      for (const { budget, name } of guesses) budget.giveBack(name)
      return withScopes(asked)
    },
  }
}

/** @throws 409 where it asks for nothing that there is */
function withScopes(asked: Asked): Asked {
  if (asked.scopes.length > 0 || (asked.application !== null && asked.isOpenid)) return asked
  throw new ProblemError(409, 'nothing-asked-for', 'This program asks for nothing that it could be let in to do.', {
    help: 'Set it up by the guide for git; nothing was let in.',
  })
}

const nothingAsked = () =>
  new ProblemError(404, 'nothing-asked', 'No program waits for an answer here.', {
    help: 'It was answered, took longer than ten minutes, or began in another browser. Let the program ask again, and answer in the browser that it opens.',
  })

const noSuchCode = () =>
  new ProblemError(404, 'no-such-code', 'No device shows this code now.', {
    help: 'Look at it again: a code has eight letters, and lasts ten minutes.',
  })

const tooManyCodes = () =>
  new ProblemError(429, 'too-many-codes', 'Too many codes were typed that no device shows.', {
    help: 'Try again in an hour.',
  })
