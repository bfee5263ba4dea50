import fc from 'fast-check'

/**
 * Generated cases are the same in every run, so that a change is judged by what it changes. To search on, give another
 * seed: `FAST_CHECK_SEED=7 npm test`.
 */
fc.configureGlobal({ seed: Number(process.env['FAST_CHECK_SEED'] ?? 20_261_121) })
