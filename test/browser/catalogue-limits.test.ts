import { test } from 'node:test'
import { shipped } from '../support/guardrails.ts'
import { limitScenes } from './catalogue-scenes.ts'

// The other half of catalogue.test.ts, so that two can run at a time.
for (const [id, play] of Object.entries(limitScenes)) test(shipped(id).title, { timeout: 280_000 }, play)
