import type { TestContext } from 'node:test'
import { adminMerge, adminSignIn, guestKeys, hardwareKeys } from './key-scenes.ts'
import { tapToPush, tapToTag } from './push-scenes.ts'
import { sshHardwareKeys, sshPin } from './ssh-scenes.ts'
import { toolsHardwareKey } from './tool-scenes.ts'
import { adminNetworks, guestTokens, sessionLimits, tokenLifetime, twoPeople } from './limit-scenes.ts'

type Scenes = Record<string, (context: TestContext) => Promise<void>>

/** Each guardrail that ships, by its id (two may share a scene), as the people meet it whom it stops: refused in words, shown the way out, let through. */
export const keyScenes: Scenes = {
  'admin-sign-in': adminSignIn,
  'admin-merge': adminMerge,
  'bypass-key': adminMerge,
  'guest-keys': guestKeys,
  'hardware-keys': hardwareKeys,
  'tools-hardware-key': toolsHardwareKey,
  'ssh-hardware-keys': sshHardwareKeys,
}

export const limitScenes: Scenes = {
  'two-people': twoPeople,
  'token-lifetime': tokenLifetime,
  'guest-tokens': guestTokens,
  'admin-networks': adminNetworks,
  'session-limits': sessionLimits,
  'tap-to-push': tapToPush,
  'tap-to-tag': tapToTag,
  'ssh-pin': sshPin,
}
