import preact from '@preact/preset-vite'
import { defineConfig, type Plugin } from 'vitest/config'

/** KaTeX's stylesheet names every font three times; browsers that run this app all read woff2. */
const woff2Only: Plugin = {
  name: 'katex-woff2-only',
  enforce: 'pre',
  transform(code, id) {
    if (!id.includes('katex') || !id.endsWith('.css')) return null
    return code.replace(/,\s*url\([^)]*\.(?:woff|ttf)\)\s*format\(["'](?:woff|truetype)["']\)/g, '')
  },
}

const server = process.env.POLICYSCOPE_DEV_SERVER ?? 'http://127.0.0.1:8420'

export default defineConfig({
  plugins: [preact(), woff2Only],
  build: {
    outDir: '../backend/static',
    emptyOutDir: true,
    // The server's content security policy allows no data: scripts and no inline styles sheets from elsewhere.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1600,
    license: { fileName: 'licenses.md' },
  },
  server: { proxy: { '/api': { target: server, ws: true } } },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/test-setup.ts'],
  },
})
