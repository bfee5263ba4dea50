export const StrongerKeyPage = () => null
