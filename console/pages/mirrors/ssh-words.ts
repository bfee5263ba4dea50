/** Whether somebody types an address of SSH, in its long or its short form: it is come in there with a key. */
export const isSsh = (url: string): boolean => /^\s*((git\+ssh|ssh\+git|ssh):|[^/:@\s]+@[^/:@\s]+:(?!\/\/))/i.test(url)
