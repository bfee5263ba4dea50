export const ChangePage = () => null
