/** Under which the link of a request is kept once it was asked for: from then on it also waits for other devices. */
export const sealLinkKey = (sealRequestId: string) => ['seal-link', sealRequestId]
