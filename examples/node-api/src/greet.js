export const greet = (name) => `Hello ${name}, from Node`
