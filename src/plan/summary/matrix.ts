/** A QR code as its dark modules, each by column and row from the upper left. */
export type Matrix = Readonly<{ size: number; dark: readonly Readonly<{ x: number; y: number }>[] }>

/** Modules that stay light around a code (ISO/IEC 18004 section 9.1). */
export const QUIET_ZONE = 4

/** The code as an inline SVG image, drawn as one path. */
export const matrixSvg = ({ size, dark }: Matrix, label: string): string => {
  const side = size + 2 * QUIET_ZONE
  const path = dark.map(({ x, y }) => `M${x + QUIET_ZONE} ${y + QUIET_ZONE}h1v1h-1z`).join('')
  return `<svg class="code" viewBox="0 0 ${side} ${side}" role="img" aria-label="${label}"><path fill="#fff" d="M0 0h${side}v${side}H0z"/><path d="${path}" shape-rendering="crispEdges"/></svg>`
}
