/** Lets plain Node import the sources (`./x.ts`) as they are: for what runs beside Jest's own module system. */
import { register } from 'node:module'

register('./typescript.hooks.js', import.meta.url)
