/** How many decimal places a number needs; what is written as 1.50 has one. */
export const decimals = (value: number): number => {
  const [, digits = '', exponent = '0'] = /^-?\d+(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(String(value)) ?? []
  return Math.max(0, digits.length - Number(exponent))
}
