/** Every secret of this instance begins like this, whoever it was given to. */
const ownSecret = /^pst_[a-z]+_/

/** Whether `Authorization` carries what lets somebody in here: no upstream ever hears that, asked for or not. */
export function holdsOwnSecret(authorization: string): boolean {
  const [, scheme = '', credentials = ''] = /^\s*([\w-]+)\s+(.*)$/s.exec(authorization) ?? []
  if (scheme.toLowerCase() !== 'basic') return ownSecret.test(credentials.trim())
  const [user = '', ...password] = Buffer.from(credentials, 'base64').toString('latin1').split(':')
  return ownSecret.test(user) || ownSecret.test(password.join(':'))
}
