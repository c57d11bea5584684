// Writes src/generated/types.ts from the schema that the server writes (`python -m backend.schema`).
import { readFile, writeFile } from 'node:fs/promises'
import openapi, { astToString } from 'openapi-typescript'

const folder = new URL('../src/generated/', import.meta.url)
const schema = JSON.parse(await readFile(new URL('schema.json', folder), 'utf8'))
const head = '// Generated from schema.json by `npm run types`; change the server, not this file.\n\n'
await writeFile(new URL('types.ts', folder), head + astToString(await openapi(schema)))
console.log('wrote src/generated/types.ts')
