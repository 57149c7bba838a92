import type { Item } from './item.ts'

export type BinaryOperator =
  | '*'
  | '/'
  | 'div'
  | 'mod'
  | '+'
  | '-'
  | '&'
  | '|'
  | '<='
  | '<'
  | '>'
  | '>='
  | '='
  | '~'
  | '!='
  | '!~'
  | 'in'
  | 'contains'
  | 'and'
  | 'or'
  | 'xor'
  | 'implies'

/** An expression as it is written; `position` is its offset in the text. */
export type Tree =
  | Readonly<{ kind: 'literal'; value: readonly Item[]; position: number }>
  | Readonly<{ kind: 'variable'; name: string; position: number }>
  | Readonly<{ kind: 'special'; name: '$this' | '$index' | '$total'; position: number }>
  /** An element of what is before the dot, or of `$this` where nothing is. */
  | Readonly<{ kind: 'member'; from: Tree | undefined; name: string; position: number }>
  | Readonly<{ kind: 'call'; from: Tree | undefined; name: string; parameters: readonly Tree[]; position: number }>
  | Readonly<{ kind: 'indexer'; from: Tree; index: Tree; position: number }>
  | Readonly<{ kind: 'polarity'; sign: '+' | '-'; of: Tree; position: number }>
  | Readonly<{ kind: 'type'; operator: 'is' | 'as'; of: Tree; type: string; position: number }>
  | Readonly<{ kind: 'binary'; operator: BinaryOperator; left: Tree; right: Tree; position: number }>
