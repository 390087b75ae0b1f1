/** What people call a file: its name, behind that of its folder. */
export const toShortPath = (path: string): string => path.split('/').slice(-2).join('/')
