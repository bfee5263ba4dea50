/** Requirements that another test shows to hold, by its file. */
export const elsewhere: Record<string, { test: string; why: string }> = {
  'RFC7642-4-L944': {
    test: 'test/start.test.ts',
    why: 'the start is refused at an address that others reach without TLS',
  },
  'RFC7644-7.2-L4348': { test: 'test/start.test.ts', why: 'the same; a proxy in front counts only where it is named' },
  'RFC7644-7.2-L4350': { test: 'test/tls.test.ts', why: 'Node offers TLS 1.2 and 1.3, nothing older' },
}

/** Those that say nothing about a server of this kind. */
export const doesNotApply: Record<string, string> = {
  'RFC7643-1.1-L232': 'is about how the specification is printed',
  'RFC7643-2.4-L612': 'is about what clients mean by `type`, `display` and `primary`; they are kept as they were sent',
  'RFC7643-4.1.2-L1281': 'photos are addresses that are kept and never opened: what lies behind them is not known',
  'RFC7643-4.1.2-L1379': 'certificates are kept for the directory and never read: nobody comes in with one',
  'RFC7644-1.3-L201': 'the base address is `…/scim/v2`, without a query',
  'RFC7644-3.11-L3683': 'who calls is a directory and no user, so /Me answers 501, as §3.11 allows',
}

/** Those that are not met, and why that was chosen. */
export const notDone: Record<string, string> = {
  'RFC7643-2.4-L655':
    'a SHOULD: values come back as they were sent, so that a directory sees no difference to write again',
  'RFC7643-4.1.2-L1244':
    'a SHOULD: an address that is none is kept for the directory, and the account here has none then: no letter goes there',
  'RFC7643-4.1.2-L1322':
    'countries are kept as they were sent: directories send names too, and refusing them would stop a sync',
  'RFC7643-4.1.2-L1378': 'certificates must be base64, but whether that is DER is not looked at: nothing reads them',
  'RFC7644-5-L4214':
    'user names are compared without case, not by the PRECIS profile; passwords are not compared at all, since none is kept',
}
