const main = (language: string): string => language.toLowerCase().split(/[-_]/)[0] as string

/** True for languages that are the same but for where they are spoken: `en` and `en-GB`. */
export const isSameLanguage = (one: string, other: string): boolean => main(one) === main(other)
