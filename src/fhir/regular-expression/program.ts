import { type Pattern, PatternFault } from './parse.ts'

/** Whether a code point is one that a character of a pattern stands for. */
export type Accepts = (point: number) => boolean

export type Instruction =
  | Readonly<{ op: 'character'; accepts: Accepts }>
  /** Goes on at both, the first one rather. */
  | { op: 'split'; first: number; second: number }
  | { op: 'jump'; to: number }
  | Readonly<{ op: 'save'; slot: number }>
  | Readonly<{ op: 'edge'; at: '^' | '$' | 'b' | 'B' }>
  | Readonly<{ op: 'look'; program: Program; isNegative: boolean }>
  | Readonly<{ op: 'match' }>

export type Program = readonly Instruction[]

const LARGEST = 20_000

const acceptor = (source: string, isCaseless: boolean): Accepts => {
  const flags = isCaseless ? 'i' : ''
  let native: RegExp
  try {
    native = new RegExp(`^(?:${source})$`, `u${flags}`)
  } catch {
    // Outside Unicode mode more is escaped than needs to be, such as \- and \@, which R4's own patterns do.
    try {
      native = new RegExp(`^(?:${source})$`, flags)
    } catch {
      throw new PatternFault('The pattern has a range or an escape that is none.')
    }
  }
  const ascii = Uint8Array.from({ length: 128 }, (_, point) => (native.test(String.fromCharCode(point)) ? 1 : 0))
  return (point) => (point < 128 ? ascii[point] === 1 : native.test(String.fromCodePoint(point)))
}

/** The instructions that match a pattern: each repetition that is counted is written out. Throws a PatternFault for one that is too large. */
export const programOf = (pattern: Pattern, isCaseless: boolean): Program => {
  const acceptors = new Map<string, Accepts>()
  const budget = { left: LARGEST }

  const write = (of: Pattern): Instruction[] => {
    const program: Instruction[] = []
    const emit = (instruction: Instruction): Instruction => {
      if (--budget.left < 0) throw new PatternFault('The pattern is too large: it repeats too much too often.')
      program.push(instruction)
      return instruction
    }
    const branch = (isLazy: boolean, go: () => void): void => {
      const split = emit({ op: 'split', first: 0, second: 0 }) as { first: number; second: number }
      const inside = program.length
      go()
      const [first, second] = isLazy ? [program.length, inside] : [inside, program.length]
      split.first = first
      split.second = second
    }
    const visit = (part: Pattern): void => {
      switch (part.kind) {
        case 'empty':
          return
        case 'character': {
          let accepts = acceptors.get(part.source)
          if (accepts === undefined) {
            accepts = acceptor(part.source, isCaseless)
            acceptors.set(part.source, accepts)
          }
          emit({ op: 'character', accepts })
          return
        }
        case 'sequence':
          part.parts.forEach(visit)
          return
        case 'choice': {
          const jumps: { to: number }[] = []
          part.branches.forEach((one, index) => {
            if (index === part.branches.length - 1) visit(one)
            else
              branch(false, () => {
                visit(one)
                jumps.push(emit({ op: 'jump', to: 0 }) as { to: number })
              })
          })
          for (const jump of jumps) jump.to = program.length
          return
        }
        case 'repeat': {
          for (let count = 0; count < part.least; count++) visit(part.of)
          if (part.most === Number.POSITIVE_INFINITY) {
            const start = program.length
            branch(part.isLazy, () => {
              visit(part.of)
              emit({ op: 'jump', to: start })
            })
          } else {
            const nest = (left: number): void => {
              if (left === 0) return
              branch(part.isLazy, () => {
                visit(part.of)
                nest(left - 1)
              })
            }
            nest(part.most - part.least)
          }
          return
        }
        case 'group':
          if (part.index !== undefined) emit({ op: 'save', slot: part.index * 2 })
          visit(part.of)
          if (part.index !== undefined) emit({ op: 'save', slot: part.index * 2 + 1 })
          return
        case 'edge':
          emit({ op: 'edge', at: part.at })
          return
        case 'look':
          emit({ op: 'look', program: write(part.of), isNegative: part.isNegative })
      }
    }
    visit(of)
    emit({ op: 'match' })
    return program
  }
  return write(pattern)
}
