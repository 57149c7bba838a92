/** What a Date tells of itself, or takes, in local time (ECMA-262, section 21.4.4). */
const LOCAL =
  /^(?:get|set)(?:Date|Day|FullYear|Hours|Minutes|Month|Seconds|TimezoneOffset|Year)$|^to(?:Date|Time|Locale\w*)?String$/
/** Texts that are read as UTC or name an offset; others are read in local time, where they are dates at all (section 21.4.1.32). */
const KNOWN_OFFSET = /(?:Z|[+-]\d\d:?\d\d|GMT)$|^[+-]?\d{4,6}(?:-\d\d){0,2}$/

type Method = (this: Date, ...args: unknown[]) => unknown

/** From now on calls `asked` whenever code of this global scope asks for the local time: with the name of what was called. */
export const watchLocalTime = (asked: (call: string) => void): void => {
  const Own = globalThis.Date
  const methods = Own.prototype as unknown as Record<string, Method>
  for (const name of Object.getOwnPropertyNames(methods).filter((each) => LOCAL.test(each))) {
    const own = methods[name] as Method
    methods[name] = function (...args) {
      asked(`Date.prototype.${name}`)
      return own.apply(this, args)
    }
  }
  const { parse } = Own
  const read = (text: unknown): void => {
    if (typeof text === 'string' && !KNOWN_OFFSET.test(text) && !Number.isNaN(parse(text))) asked(`Date of "${text}"`)
  }
  Own.parse = (text) => {
    read(text)
    return parse(text)
  }
  const watched: DateConstructor = new Proxy(Own, {
    construct(target, args, as) {
      if (args.length > 1) asked('Date of several numbers')
      else read(args[0])
      return Reflect.construct(target, args, as === watched ? target : as)
    },
    apply() {
      asked('Date as a function')
      return Own()
    },
  })
  Own.prototype.constructor = watched
  globalThis.Date = watched

  const format = (options: Intl.DateTimeFormatOptions | undefined): void => {
    if (options?.timeZone === undefined) asked('Intl.DateTimeFormat without timeZone')
  }
  Intl.DateTimeFormat = new Proxy(Intl.DateTimeFormat, {
    construct(target, args) {
      format(args[1])
      return Reflect.construct(target, args)
    },
    apply(target, as, args) {
      format(args[1])
      return Reflect.apply(target, as, args)
    },
  })
}
