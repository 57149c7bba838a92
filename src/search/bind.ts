/** Gives a statement a value; answers the placeholder that stands for it in the text. */
export type Bind = (value: unknown) => string
