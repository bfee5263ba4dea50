import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readText, writePrivate } from './folder.ts'
import type { Tokens } from './oauth.ts'

const file = (folder: string): string => join(folder, 'tokens.json')

/** What this machine was let in with; undefined where it was not, or where the file is not one of ours. */
export async function loadTokens(folder: string): Promise<Tokens | undefined> {
  const text = await readText(file(folder))
  if (text === undefined) return undefined
  try {
    const { accessToken, refreshToken, expiresAt } = JSON.parse(text) as Partial<Tokens>
    return typeof accessToken === 'string' && typeof refreshToken === 'string' && typeof expiresAt === 'number'
      ? { accessToken, refreshToken, expiresAt }
      : undefined
  } catch {
    return undefined
  }
}

export const saveTokens = (folder: string, tokens: Tokens): Promise<void> =>
  writePrivate(file(folder), `${JSON.stringify(tokens)}\n`)

export const forgetTokens = (folder: string): Promise<void> => rm(file(folder), { force: true })
